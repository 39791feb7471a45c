/** The upkeep of one project: one pass is seal, gzip, retention, by the one process that holds the claim. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { StateError } from '../../errors.js'
import { EVENTS, JOURNALS, LOGS_DIR, REQUESTS } from '../project-journal.js'
import { closedSegments, listForms } from '../segments.js'
import { claimRole, SLOTS_DIR } from '../slot.js'
import { removeDrafts } from './draft.js'
import {
  JournalUpkeep,
  type JournalUpkeepOptions,
  type OnFailure,
  type RetiredSegment,
} from './journal-upkeep.js'
import { PassStopped, Permit } from './permit.js'
import type { RetentionLimits } from './plan-retention.js'
import { isExplained, readClock, recordClock, recordedClock } from './trusted-clock.js'

export interface PassOptions {
  readonly limits: RetentionLimits
  /** Take the present time as right, whatever the clock did. */
  readonly trustClock: boolean
  /** Ends the pass early; a later one goes on. */
  readonly signal: AbortSignal
  /** Told of each step that failed and why; the others go on. */
  readonly onFailure: OnFailure
}

const ROLE = 'upkeep'

export class Upkeep {
  readonly #dir: string
  readonly #journals: readonly JournalUpkeep[]

  /** `root` is the folder of the project. */
  constructor(root: string, options: JournalUpkeepOptions) {
    this.#dir = join(root, LOGS_DIR)
    this.#journals = JOURNALS.map((base) => new JournalUpkeep(this.#dir, base, options))
  }

  /** The closed segments, whatever their form: while they stay the same there is nothing to seal or to compress. */
  get stems(): string {
    const segments = JOURNALS.flatMap((base) => closedSegments(this.#dir, base))
    return segments.map(({ stem }) => stem).join('\n')
  }

  /** What the limits would delete now; nothing is changed. */
  async dryRun({ limits, trustClock, onFailure }: Omit<PassOptions, 'signal'>): Promise<RetiredSegment[]> {
    const now = this.#now(limits, trustClock, onFailure)
    const planned: RetiredSegment[] = []
    for (const journal of this.#journals) planned.push(...(await journal.plan(limits, now)))
    return planned
  }

  /** Undefined when another process is at it. Rejects for what is not the matter of a single step. */
  async pass(options: PassOptions): Promise<RetiredSegment[] | undefined> {
    if (!existsSync(join(this.#dir, SLOTS_DIR))) return []
    const role = claimRole(this.#dir, ROLE)
    if (role === undefined) return undefined
    const retired: RetiredSegment[] = []
    try {
      await this.#pass(new Permit(role, options.signal), options, retired)
    } catch (error) {
      if (!(error instanceof PassStopped)) throw error
    } finally {
      role.release()
    }
    return retired
  }

  async #pass(permit: Permit, options: PassOptions, retired: RetiredSegment[]): Promise<void> {
    const { limits, trustClock, onFailure } = options
    removeDrafts(this.#dir)
    const now = this.#now(limits, trustClock, onFailure)
    if (now !== undefined) await recordClock(this.#dir, readClock())
    for (const journal of this.#journals) {
      try {
        const chain = await journal.sealAndGzip(permit, onFailure)
        retired.push(...(await journal.retire(chain, limits, now, permit, onFailure)))
      } catch (error) {
        if (error instanceof PassStopped) throw error
        onFailure(error)
      }
    }
  }

  /** Epoch ms for retention by age; undefined when there is none, or the clock cannot be trusted, which is reported. */
  #now(limits: RetentionLimits, trustClock: boolean, onFailure: OnFailure): number | undefined {
    if (limits.maxAgeDays === undefined) return undefined
    const now = readClock()
    const files = [REQUESTS, EVENTS].flatMap((base) => listForms(this.#dir, base).map(({ path }) => path))
    const record = recordedClock(this.#dir, files)
    if (trustClock || record === undefined || isExplained(record, now)) return now.wall
    onFailure(clockNotTrusted(this.#dir, record.wall, now.wall))
    return undefined
  }
}

function clockNotTrusted(path: string, recorded: number, wall: number): StateError {
  const [before, now] = [recorded, wall].map((ms) => new Date(ms).toISOString())
  const message = `the clock went from ${before} to ${now}, which nothing explains: nothing was deleted by age`
  return new StateError('CLOCK_NOT_TRUSTED', message, { operation: 'upkeep', path })
}
