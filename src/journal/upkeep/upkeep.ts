/** The upkeep of one project: one pass is seal, gzip, retention, by the one process that holds the claim. */
import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { StateError } from '../../errors.js'
import { listMessageFiles } from '../message-files.js'
import { CHATS, JOURNALS, LOGS_DIR, type ProjectJournal } from '../project-journal.js'
import { closedSegments, listForms } from '../segments.js'
import { claimRole, SLOTS_DIR } from '../slot.js'
import { ChatsUpkeep } from './chats-upkeep.js'
import { removeDrafts } from './draft.js'
import {
  attempt,
  JournalUpkeep,
  type JournalUpkeepOptions,
  type OnFailure,
  type RetiredSegment,
} from './journal-upkeep.js'
import { PassStopped, Permit } from './permit.js'
import { DAY_MS, type RetentionLimits } from './plan-retention.js'
import { isExplained, readClock, recordClock, recordedClock } from './trusted-clock.js'

export interface Limits extends RetentionLimits {
  /** Days since the last message of a chat. */
  readonly chatsMaxAgeDays?: number | undefined
}

export interface PassOptions {
  readonly limits: Limits
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
  readonly #root: string
  readonly #gzip: boolean
  readonly #journals: readonly JournalUpkeep[]
  readonly #chats: ChatsUpkeep

  /** `root` is the folder of the project, `journal` what this process writes of it. */
  constructor(root: string, journal: ProjectJournal, options: JournalUpkeepOptions) {
    this.#root = root
    this.#dir = join(root, LOGS_DIR)
    this.#gzip = options.gzip
    this.#journals = JOURNALS.map((base) => new JournalUpkeep(this.#dir, base, options))
    this.#chats = new ChatsUpkeep(root, journal)
  }

  /** What was closed, whatever its form: while it stays the same there is nothing to seal or to compress. */
  get closed(): string {
    const segments = JOURNALS.flatMap((base) => closedSegments(this.#dir, base))
    return [...segments.map(({ stem }) => stem), ...(this.#gzip ? this.#chats.raw : [])].join('\n')
  }

  /** What the limits would delete now; nothing is changed. */
  async dryRun({ limits, trustClock, onFailure }: Omit<PassOptions, 'signal'>): Promise<RetiredSegment[]> {
    const now = this.#now(limits, trustClock, onFailure)
    const planned: RetiredSegment[] = []
    for (const journal of this.#journals) planned.push(...(await journal.plan(limits, now)))
    const oldest = oldestMessage(limits, now)
    if (oldest !== undefined) planned.push(...(await this.#chats.plan(oldest)))
    return planned
  }

  /** A folder that is a symbolic link leads out of the workspace; without slots nothing was ever written here. */
  get #isKept(): boolean {
    const folders = [this.#dir, join(this.#dir, SLOTS_DIR)]
    return folders.every((path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
  }

  /** Undefined when another process is at it. Rejects for what is not the matter of a single step. */
  async pass(options: PassOptions): Promise<RetiredSegment[] | undefined> {
    if (!this.#isKept) return []
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
      await attempt(onFailure, async () => {
        const chain = await journal.sealAndGzip(permit, onFailure)
        retired.push(...(await journal.retire(chain, limits, now, permit, onFailure)))
        const oldest = oldestMessage(limits, now)
        if (journal.base !== CHATS || oldest === undefined) return
        retired.push(...(await this.#chats.retire(oldest, chain, permit, onFailure)))
      })
    }
    if (this.#gzip) await this.#chats.gzip(permit, onFailure)
  }

  /** Epoch ms for retention by age; undefined when there is none, or the clock cannot be trusted, which is reported. */
  #now(limits: Limits, trustClock: boolean, onFailure: OnFailure): number | undefined {
    if (limits.maxAgeDays === undefined && limits.chatsMaxAgeDays === undefined) return undefined
    const now = readClock()
    const files = [
      ...JOURNALS.flatMap((base) => listForms(this.#dir, base)),
      ...listMessageFiles(this.#root).files,
    ]
    const record = recordedClock(
      this.#dir,
      files.map(({ path }) => path),
    )
    if (trustClock || record === undefined || isExplained(record, now)) return now.wall
    onFailure(clockNotTrusted(this.#dir, record.wall, now.wall))
    return undefined
  }
}

function oldestMessage({ chatsMaxAgeDays }: Limits, now: number | undefined): number | undefined {
  return chatsMaxAgeDays === undefined || now === undefined ? undefined : now - chatsMaxAgeDays * DAY_MS
}

function clockNotTrusted(path: string, recorded: number, wall: number): StateError {
  const [before, now] = [recorded, wall].map((ms) => new Date(ms).toISOString())
  const message = `the clock went from ${before} to ${now}, which nothing explains: nothing was deleted by age`
  return new StateError('CLOCK_NOT_TRUSTED', message, { operation: 'upkeep', path })
}
