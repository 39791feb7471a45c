/** What openLedger takes. */
import type { Budget } from './ledger/budgets/budget.js'
import type { PriceOverrides } from './pricing/rules/rule.js'
import type { SystemLogOptions } from './system-log/options.js'
import type { ProjectResolver } from './workspace/project.js'

/** `os`: what resolved survives the death of the process. `fsync`: it survives power loss. */
export type Durability = 'os' | 'fsync'

export interface RotationOptions {
  /** Bytes after which the active file is closed and a new one begun; default 64 MiB. */
  readonly maxBytes?: number
  /** Close the active file this many days (UTC) after it was begun; never when absent. */
  readonly maxAgeDays?: number
  /** Compress closed segments; default false. */
  readonly gzip?: boolean
}

/** What is kept of the closed segments of a project; totals stay when requests are deleted. Without limits, all. */
export interface RetentionOptions {
  /** Days since the newest line of a segment of requests or events. */
  readonly maxAgeDays?: number
  /** Closed segments of one journal. */
  readonly maxSegments?: number
  /** What the closed segments of one journal weigh together on the disk. */
  readonly maxBytes?: number
  /** Days since the last message of a chat. */
  readonly chatsMaxAgeDays?: number
}

export interface SealOptions {
  /** Signs the seals of closed segments: an Ed25519 key as PEM text, or the path of a file with it. */
  readonly privateKey?: string
}

/** What may wait for a disk that is slower than the calls, in one ledger; further calls fail with LOG_QUEUE_FULL. */
export interface QueueOptions {
  /** Default 100,000. */
  readonly maxLines?: number
  /** Default 64 MiB. */
  readonly maxBytes?: number
}

export interface LedgerOptions {
  /** Folder of all files; default `LEDGERLINE_WORKSPACE`, else `./workspace`. */
  readonly workspace?: string
  /** Default `os`. */
  readonly durability?: Durability
  readonly rotation?: RotationOptions
  readonly queue?: QueueOptions
  readonly retention?: RetentionOptions
  readonly seals?: SealOptions
  /** Seal, compress and delete in the background, by the options above; default true. */
  readonly upkeep?: boolean
  /**
   * Prices before those of the price book, or the path of a JSON file with them; default `LEDGERLINE_PRICES`, else
   * `prices.json` in the workspace where there is one. Read once, at open.
   */
  readonly prices?: string | PriceOverrides
  /** The host's own registry of projects. */
  readonly projects?: ProjectResolver
  /** Read the files at open so that getCachedStats is complete; default true. */
  readonly liveCounters?: boolean
  /** Checked after each request that ends, so that a crossing is told without a call of checkBudget. */
  readonly budgets?: readonly Budget[]
  readonly systemLog?: SystemLogOptions
}
