/** Retention of one journal: what the limits take, and its deletion. */
import { lstatSync } from 'node:fs'
import { formatInstant } from '../../entry/timestamp.js'
import { type JournalName, REQUESTS } from '../project-journal.js'
import { listSegments, type Segment } from '../segments.js'
import { attempt, type OnFailure } from './attempt.js'
import { closedAt, closedContent, contentFiles } from './closed-content.js'
import { deleteSegment } from './delete-segment.js'
import type { Permit } from './permit.js'
import {
  type Candidate,
  type Planned,
  planRetention,
  type Reason,
  type RetentionLimits,
} from './plan-retention.js'
import { requestFacts, type SegmentFacts, scanSegment, timeFacts } from './scan-segment.js'
import type { SealChain } from './seal-chain.js'
import { sealedSum } from './segment-content.js'
import { isStillOpen } from './still-open.js'
import { unfinishedDeletions } from './unfinished-deletions.js'

/** What retention deletes, or would delete. */
export interface RetiredSegment {
  readonly journal: JournalName
  /** Its stem, the file's name without ending; of the messages of a chat `messages/<chat_id>`. */
  readonly segment: string
  /** Of its files on the disk. */
  readonly bytes: number
  readonly entries: number
  /** Times of its oldest and newest line, ISO 8601 UTC; null when no line has one. */
  readonly first: string | null
  readonly last: string | null
  readonly reason: Reason
}

export interface PlanOptions {
  readonly limits: RetentionLimits
  /** Epoch ms; undefined when the clock is not trusted. */
  readonly now: number | undefined
  readonly onFailure: OnFailure
  readonly permit: Permit
  /** Stems of segments that count as deleted. */
  readonly deleted?: ReadonlySet<string>
}

export class JournalRetention {
  readonly #dir: string
  readonly #base: JournalName
  /** By stem: closed segments do not change. */
  readonly #facts = new Map<string, SegmentFacts>()

  constructor(dir: string, base: JournalName) {
    this.#dir = dir
    this.#base = base
  }

  /** Nothing is changed. What cannot be read is kept, and told. */
  async plan(options: PlanOptions): Promise<RetiredSegment[]> {
    const { limits, now, onFailure, permit, deleted } = options
    const { maxAgeDays, maxSegments, maxBytes } = limits
    if ([maxAgeDays, maxSegments, maxBytes].every((limit) => limit === undefined)) return []
    const byAge = maxAgeDays !== undefined && now !== undefined
    const segments = new Map<string, Segment>()
    const candidates: Candidate[] = []
    const refused = new Set<string>()
    for (const segment of closedContent(this.#dir, this.#base)) {
      if (deleted?.has(segment.stem)) continue
      await attempt(onFailure, async () => {
        const facts = byAge ? await attempt(onFailure, () => this.#factsOf(segment, permit)) : undefined
        if (byAge && facts === undefined) refused.add(segment.stem)
        const lastMs = facts?.lastMs ?? closedAt(segment)
        candidates.push({ stem: segment.stem, bytes: lstatSync(segment.path).size, lastMs })
        segments.set(segment.stem, segment)
      })
    }
    const retired: RetiredSegment[] = []
    for (const { stem, reason } of await this.#withoutOpen(candidates, segments, refused, options)) {
      const segment = segments.get(stem)
      if (segment === undefined) continue
      const facts = await attempt(onFailure, () => this.#factsOf(segment, permit))
      if (facts !== undefined) retired.push(describe(this.#base, segment, facts, reason))
    }
    return retired
  }

  /** What retire would delete now. Nothing is changed. */
  async dryRun(chain: SealChain, options: PlanOptions): Promise<RetiredSegment[]> {
    const { onFailure, permit } = options
    const deleted = await unfinishedDeletions(this.#dir, this.#base, chain, onFailure, permit)
    const possible: RetiredSegment[] = []
    for (const planned of await this.plan({ ...options, deleted })) {
      await attempt(onFailure, async () => {
        const [source] = contentFiles(this.#dir, this.#base, planned.segment)
        if (source === undefined) return
        chain.requireKey()
        await sealedSum(source.path, chain.content(planned.segment), permit)
        possible.push(planned)
      })
    }
    return possible
  }

  /** Deletes what the limits take; what was deleted. */
  async retire(chain: SealChain, options: PlanOptions): Promise<RetiredSegment[]> {
    const { permit } = options
    const deleted: RetiredSegment[] = []
    for (const planned of await this.plan(options)) {
      await attempt(options.onFailure, async () => {
        const { segment: stem, reason } = planned
        const files = contentFiles(this.#dir, this.#base, stem)
        const [source] = files
        if (source === undefined) return
        // Looked at again: what goes on record is of the file as it is, which a repair may have changed.
        this.#facts.delete(stem)
        const deletion = {
          stem,
          reason,
          source: source.path,
          files: files.map(({ path }) => path).reverse(),
          facts: await this.#factsOf(source, permit),
          summarize: this.#base === REQUESTS,
        }
        await deleteSegment(this.#dir, deletion, chain, permit)
        this.#facts.delete(stem)
        deleted.push(planned)
      })
    }
    return deleted
  }

  /**
   * Only what is planned is looked at for requests that still go on: that reads files. What is planned and cannot be read
   * is kept, and no younger segment goes in its place. A broken one that the limits keep counts as any other.
   */
  async #withoutOpen(
    candidates: readonly Candidate[],
    segments: ReadonlyMap<string, Segment>,
    refused: Set<string>,
    { limits, now, onFailure, permit }: PlanOptions,
  ): Promise<Planned[]> {
    const looked = new Set(refused)
    const open = new Set<string>()
    for (;;) {
      const planned = planRetention(candidates, limits, now, open)
      const next = planned.find(({ stem }) => !looked.has(stem))
      if (next === undefined) return planned.filter(({ stem }) => !refused.has(stem))
      looked.add(next.stem)
      const segment = segments.get(next.stem)
      const isOpen = await attempt(onFailure, async () => segment && this.#isOpen(segment, permit))
      if (isOpen === undefined) refused.add(next.stem)
      else if (isOpen) open.add(next.stem)
    }
  }

  async #isOpen(segment: Segment, permit: Permit | undefined): Promise<boolean> {
    const { begun } = await this.#factsOf(segment, permit)
    const later = listSegments(this.#dir, this.#base).filter(
      ({ slot, form, sequence }) =>
        slot === segment.slot && (form === 'active' || sequence > segment.sequence),
    )
    return isStillOpen(
      begun,
      later.map(({ path }) => path),
      permit,
    )
  }

  async #factsOf({ path, stem }: Segment, permit: Permit | undefined): Promise<SegmentFacts> {
    const known = this.#facts.get(stem)
    if (known !== undefined) return known
    const readLine = this.#base === REQUESTS ? requestFacts : timeFacts('timestamp')
    const facts = await scanSegment(path, readLine, permit)
    this.#facts.set(stem, facts)
    return facts
  }
}

function describe(
  journal: JournalName,
  { stem, path }: Segment,
  { entries, firstMs, lastMs }: SegmentFacts,
  reason: Reason,
): RetiredSegment {
  const instant = (ms: number | undefined): string | null => (ms === undefined ? null : formatInstant(ms))
  const bytes = lstatSync(path).size
  return { journal, segment: stem, bytes, entries, first: instant(firstMs), last: instant(lastMs), reason }
}
