/** The upkeep of one project: one pass is seal, gzip, retention, by the one process that holds the claim. */
import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { StateError } from '../../errors.js'
import { listMessageFiles } from '../message-files.js'
import { refuseLinks } from '../own-folders.js'
import { CHATS, JOURNALS, type JournalName, LOGS_DIR, type ProjectJournal } from '../project-journal.js'
import type { SealKey } from '../seals/keys.js'
import { closedSegments, listForms } from '../segments.js'
import { claimRole, SLOTS_DIR } from '../slot.js'
import { attempt, keyMissingOnce, type OnFailure } from './attempt.js'
import { ChatsUpkeep } from './chats-upkeep.js'
import { removeDrafts } from './draft.js'
import { JournalRetention, type RetiredSegment } from './journal-retention.js'
import { nothingDone, type PassResult } from './pass-result.js'
import { PassStopped, Permit } from './permit.js'
import { DAY_MS, type RetentionLimits } from './plan-retention.js'
import { sealAndGzip } from './seal-and-gzip.js'
import { SealChain } from './seal-chain.js'
import { isExplained, readClock, recordClock, recordedClock } from './trusted-clock.js'
import { finishDeletions, takeBackSummaries } from './unfinished-deletions.js'

export interface UpkeepOptions {
  readonly gzip: boolean
  /** Signs the seals. */
  readonly key: SealKey | undefined
}

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
  readonly onFailure: OnFailure
}

const ROLE = 'upkeep'

export class Upkeep {
  readonly #root: string
  readonly #dir: string
  readonly #options: UpkeepOptions
  /** The log of which chats there are is kept whole. */
  readonly #retention: ReadonlyMap<JournalName, JournalRetention>
  readonly #chats: ChatsUpkeep

  /** `root` is the folder of the project, `journal` what this process writes of it. */
  constructor(root: string, journal: ProjectJournal, options: UpkeepOptions) {
    this.#root = root
    this.#dir = join(root, LOGS_DIR)
    this.#options = options
    const deleted = JOURNALS.filter((base) => base !== CHATS)
    this.#retention = new Map(deleted.map((base) => [base, new JournalRetention(this.#dir, base)]))
    this.#chats = new ChatsUpkeep(root, journal)
  }

  /** What was closed, whatever its form: while it stays the same there is nothing to seal or to compress. */
  get closed(): string {
    const segments = JOURNALS.flatMap((base) => closedSegments(this.#dir, base))
    return [...segments.map(({ stem }) => stem), ...(this.#options.gzip ? this.#chats.raw : [])].join('\n')
  }

  /** What the limits would delete now; nothing is changed. Undefined when it was to stop before it knew. */
  async dryRun(options: PassOptions): Promise<RetiredSegment[] | undefined> {
    if (!this.#isKept(options.onFailure)) return []
    try {
      return await this.#dryRun(options)
    } catch (error) {
      if (!(error instanceof PassStopped)) throw error
      return undefined
    }
  }

  async #dryRun({ limits, trustClock, signal, ...options }: PassOptions): Promise<RetiredSegment[]> {
    const permit = new Permit(undefined, signal)
    const onFailure = keyMissingOnce(options.onFailure)
    const now = this.#now(limits, trustClock, onFailure)
    const planned: RetiredSegment[] = []
    for (const [base, retention] of this.#retention) {
      await attempt(onFailure, async () => {
        const chain = await SealChain.open(this.#dir, base, this.#options.key)
        planned.push(...(await retention.dryRun(chain, { limits, now, onFailure, permit })))
      })
    }
    const oldest = oldestMessage(limits, now)
    if (oldest === undefined) return planned
    await attempt(onFailure, async () => {
      const chain = await SealChain.open(this.#dir, CHATS, this.#options.key)
      planned.push(...(await this.#chats.plan(oldest, chain, permit, onFailure)))
    })
    return planned
  }

  /** What was done; undefined when another process is at it. Rejects for what is not the matter of a single step. */
  async pass(options: PassOptions): Promise<PassResult | undefined> {
    const done = nothingDone()
    if (!this.#isKept(options.onFailure)) return done
    const role = claimRole(this.#dir, ROLE)
    if (role === undefined) return undefined
    try {
      await this.#pass(new Permit(role, options.signal), options, done)
    } catch (error) {
      if (!(error instanceof PassStopped)) throw error
    } finally {
      role.release()
    }
    return done
  }

  /**
   * A folder that is a symbolic link leads out of the workspace. Without slots and without files nothing was ever written
   * here; files alone are what a restore without hidden folders leaves.
   */
  #isKept(onFailure: OnFailure): boolean {
    const slots = join(this.#dir, SLOTS_DIR)
    try {
      refuseLinks([this.#dir, slots], 'upkeep')
    } catch (error) {
      onFailure(error)
      return false
    }
    const found = lstatSync(slots, { throwIfNoEntry: false })
    if (found !== undefined) return found.isDirectory()
    const hasSegments = JOURNALS.some((base) => closedSegments(this.#dir, base).length > 0)
    return hasSegments || listMessageFiles(this.#root).files.length > 0
  }

  async #pass(permit: Permit, options: PassOptions, done: PassResult): Promise<void> {
    const { limits, trustClock } = options
    const onFailure = keyMissingOnce(options.onFailure)
    const { gzip, key } = this.#options
    const dir = this.#dir
    removeDrafts(dir)
    const now = this.#now(limits, trustClock, onFailure)
    if (now !== undefined) await recordClock(dir, readClock())
    const oldest = oldestMessage(limits, now)
    for (const base of JOURNALS) {
      await attempt(onFailure, async () => {
        const chain = await SealChain.open(dir, base, key)
        await finishDeletions(dir, base, chain, permit, onFailure)
        await sealAndGzip({ dir, base, gzip, chain, permit, onFailure }, done)
        const retention = this.#retention.get(base)
        done.deleted.push(...((await retention?.retire(chain, { limits, now, onFailure, permit })) ?? []))
        await takeBackSummaries(dir, base, chain, permit)
        if (base !== CHATS || oldest === undefined) return
        done.deleted.push(...(await this.#chats.retire(oldest, chain, permit, onFailure)))
      })
    }
    if (gzip) await this.#chats.gzip(permit, onFailure, done)
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
