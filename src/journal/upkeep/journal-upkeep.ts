/** One pass over one journal: seal, gzip, retention. Every step can be cut off; the next pass goes on from there. */
import { lstatSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { formatInstant } from '../../entry/timestamp.js'
import { EVENTS, type JournalName, REQUESTS } from '../project-journal.js'
import type { SealKey } from '../seals/keys.js'
import { closedSegments, type Form, listForms, listSegments, type Segment } from '../segments.js'
import { syncFolder } from '../sync-folder.js'
import { deleteSegment, removeFiles } from './delete-segment.js'
import { gzipSegment } from './gzip-segment.js'
import { PassStopped, type Permit } from './permit.js'
import {
  type Candidate,
  type Planned,
  planRetention,
  type Reason,
  type RetentionLimits,
} from './plan-retention.js'
import { requestFacts, type SegmentFacts, scanSegment, timeFacts } from './scan-segment.js'
import { SealChain } from './seal-chain.js'
import { sumOf, syncSegment } from './segment-content.js'
import { isStillOpen } from './still-open.js'

/** What retention deletes, or would delete. */
export interface RetiredSegment {
  readonly journal: JournalName
  /** Its stem, the file's name without ending. */
  readonly segment: string
  /** Of its file on the disk. */
  readonly bytes: number
  readonly entries: number
  /** Times of its oldest and newest line, ISO 8601 UTC; null when no line has one. */
  readonly first: string | null
  readonly last: string | null
  readonly reason: Reason
}

export interface JournalUpkeepOptions {
  readonly gzip: boolean
  readonly key: SealKey | undefined
}

/** Called for each step that failed; the others go on. */
export type OnFailure = (error: unknown) => void

export class JournalUpkeep {
  readonly #dir: string
  readonly base: JournalName
  readonly #options: JournalUpkeepOptions
  /** By stem: closed segments do not change. */
  readonly #facts = new Map<string, SegmentFacts>()

  constructor(dir: string, base: JournalName, options: JournalUpkeepOptions) {
    this.#dir = dir
    this.base = base
    this.#options = options
  }

  /** Seals what was closed and compresses what was sealed. */
  async sealAndGzip(permit: Permit, onFailure: OnFailure): Promise<SealChain> {
    const chain = await SealChain.open(this.#dir, this.base, this.#options.key)
    await this.#finishDeletions(chain, permit)
    const segments = closedSegments(this.#dir, this.base).filter(({ form }) => form !== 'summary')
    if (segments.some(({ stem }) => chain.latest(stem) === undefined)) await syncFolder(this.#dir)
    /** Slots in which a segment could not be sealed: a seal of a later one would say that this one was slipped in. */
    const stuck = new Set<number>()
    for (const segment of segments) {
      if (stuck.has(segment.slot)) continue
      await attempt(onFailure, async () => {
        if (chain.latest(segment.stem) === undefined) {
          stuck.add(segment.slot)
          await seal(segment, chain, permit)
          stuck.delete(segment.slot)
        }
        const sealed = chain.latest(segment.stem)
        if (
          this.#options.gzip &&
          segment.form === 'raw' &&
          sealed !== undefined &&
          sealed.type !== 'delete'
        ) {
          await gzipSegment(segment.path, sealed, this.#dir, permit)
        }
      })
    }
    return chain
  }

  /** `now` is undefined when the clock is not trusted. Nothing is changed. */
  async plan(limits: RetentionLimits, now: number | undefined, permit?: Permit): Promise<RetiredSegment[]> {
    if (this.base !== REQUESTS && this.base !== EVENTS) return []
    if (Object.values(limits).every((limit) => limit === undefined)) return []
    // One with a summary that still has its file was not deleted: that is for the pass to decide.
    const closed = inAge(contentSegments(listForms(this.#dir, this.base)))
    const byAge = limits.maxAgeDays !== undefined && now !== undefined
    const candidates: Candidate[] = []
    for (const segment of closed) {
      const lastMs = byAge ? ((await this.#factsOf(segment, permit)).lastMs ?? closedAt(segment)) : 0
      candidates.push({ stem: segment.stem, bytes: lstatSync(segment.path).size, lastMs })
    }
    const retired: RetiredSegment[] = []
    for (const { stem, reason } of await this.#planClosed(candidates, limits, now, permit)) {
      const segment = closed.find((each) => each.stem === stem)
      if (segment !== undefined)
        retired.push(describe(this.base, segment, await this.#factsOf(segment, permit), reason))
    }
    return retired
  }

  /** Only what is planned is looked at for requests that still go on: that reads files. */
  async #planClosed(
    candidates: readonly Candidate[],
    limits: RetentionLimits,
    now: number | undefined,
    permit: Permit | undefined,
  ): Promise<Planned[]> {
    const looked = new Set<string>()
    const open = new Set<string>()
    for (;;) {
      const planned = planRetention(candidates, limits, now, open)
      const next = planned.find(({ stem }) => !looked.has(stem))
      if (next === undefined) return planned
      looked.add(next.stem)
      if (await this.#isOpen(next.stem, permit)) open.add(next.stem)
    }
  }

  async #isOpen(stem: string, permit: Permit | undefined): Promise<boolean> {
    const segment = this.#contentOf(stem)[0]
    if (segment === undefined) return false
    const { begun } = await this.#factsOf(segment, permit)
    const later = listSegments(this.#dir, this.base).filter(
      (other) =>
        other.slot === segment.slot && (other.form === 'active' || other.sequence > segment.sequence),
    )
    return isStillOpen(
      begun,
      later.map(({ path }) => path),
      permit,
    )
  }

  /** Deletes what the limits take; what was deleted. */
  async retire(
    chain: SealChain,
    limits: RetentionLimits,
    now: number | undefined,
    permit: Permit,
    onFailure: OnFailure,
  ): Promise<RetiredSegment[]> {
    const deleted: RetiredSegment[] = []
    for (const planned of await this.plan(limits, now, permit)) {
      await attempt(onFailure, async () => {
        const forms = this.#contentOf(planned.segment)
        const [source] = forms
        if (source === undefined) return
        // Looked at again: what goes on record is of the file as it is, which a repair may have changed.
        this.#facts.delete(planned.segment)
        const facts = await this.#factsOf(source, permit)
        await deleteSegment(
          this.#dir,
          {
            stem: planned.segment,
            reason: planned.reason,
            source: source.path,
            files: forms.map(({ path }) => path),
            facts,
            summarize: this.base === REQUESTS,
          },
          chain,
          permit,
        )
        this.#facts.delete(planned.segment)
        deleted.push(planned)
      })
    }
    await this.#takeBackSummaries(chain, permit)
    return deleted
  }

  /** A deletion that is on record, and its summary stands: only the files are left to remove. */
  async #finishDeletions(chain: SealChain, permit: Permit): Promise<void> {
    const forms = listForms(this.#dir, this.base)
    for (const { stem } of contentSegments(forms)) {
      const record = chain.latest(stem)
      if (record?.type !== 'delete') continue
      if (record.summary !== null && !hasForm(forms, stem, 'summary')) continue
      permit.check()
      await removeFiles(
        this.#dir,
        this.#contentOf(stem).map(({ path }) => path),
      )
    }
  }

  /** A summary without a record is of a deletion that was cut off and that the limits no longer ask for. */
  async #takeBackSummaries(chain: SealChain, permit: Permit): Promise<void> {
    const forms = listForms(this.#dir, this.base)
    for (const { stem, form, path } of forms) {
      if (form !== 'summary' || chain.latest(stem)?.type === 'delete') continue
      if (this.#contentOf(stem).length === 0) continue
      permit.check()
      await unlink(path)
    }
  }

  /** The files that hold the content of a stem, the one that counts first. */
  #contentOf(stem: string): Segment[] {
    const forms = listForms(this.#dir, this.base).filter((segment) => segment.stem === stem)
    return (['raw', 'gzip'] as const).flatMap((form) => forms.find((segment) => segment.form === form) ?? [])
  }

  async #factsOf(segment: Segment, permit: Permit | undefined): Promise<SegmentFacts> {
    const known = this.#facts.get(segment.stem)
    if (known !== undefined) return known
    const facts = await scanSegment(
      segment.path,
      this.base === REQUESTS ? requestFacts : timeFacts('timestamp'),
      permit,
    )
    this.#facts.set(segment.stem, facts)
    return facts
  }
}

async function seal(segment: Segment, chain: SealChain, permit: Permit): Promise<void> {
  // A seal must not outlive what it speaks of.
  await syncSegment(segment.path)
  const content = await sumOf(segment.path, permit)
  permit.check()
  await chain.append({ type: 'seal', segment: segment.stem, at: formatInstant(Date.now()), ...content })
}

export async function attempt(onFailure: OnFailure, step: () => Promise<void>): Promise<void> {
  try {
    await step()
  } catch (error) {
    if (error instanceof PassStopped) throw error
    onFailure(error)
  }
}

/** Of each stem the file with its content that counts, raw before gzip. */
function contentSegments(forms: readonly Segment[]): Segment[] {
  return forms.filter(({ form, stem }) => form === 'raw' || (form === 'gzip' && !hasForm(forms, stem, 'raw')))
}

function hasForm(forms: readonly Segment[], stem: string, form: Form): boolean {
  return forms.some((segment) => segment.stem === stem && segment.form === form)
}

/** Oldest first, by the time at which they were closed; within a slot by sequence, which no clock can change. */
function inAge(segments: readonly Segment[]): Segment[] {
  const newest = new Map<number, number>()
  const aged = [...segments]
    .sort((a, b) => a.slot - b.slot || a.sequence - b.sequence)
    .map((segment) => {
      const age = Math.max(closedAt(segment), newest.get(segment.slot) ?? 0)
      newest.set(segment.slot, age)
      return { segment, age }
    })
  // Stable: of one slot and age the sequence stays.
  return aged.sort((a, b) => a.age - b.age).map(({ segment }) => segment)
}

/** Epoch ms, from `<base>.<slot>-<sequence>-20260131T140506078Z`. */
function closedAt({ stem }: Segment): number {
  const [, year, month, day, hour, minute, second, ms] =
    /-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(stem) ?? []
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`) || 0
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
