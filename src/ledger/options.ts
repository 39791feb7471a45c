/** The options of openLedger: what is not given comes from the environment, then from the defaults. */
import { resolve } from 'node:path'
import type { SealKey } from '../journal/seals/keys.js'
import type { Durability, LedgerOptions, QueueOptions } from '../ledger-options.js'
import { type CheckedBudget, checkBudgets } from './budgets/budget.js'
import { COUNT, group, knownOptions, OPEN, refuse, set, whole } from './option-values.js'
import {
  type ResolvedRetention,
  type ResolvedRotation,
  resolveRetention,
  resolveRotation,
  resolveSealKey,
} from './upkeep-options.js'

export interface ResolvedOptions {
  /** Absolute. */
  readonly workspace: string
  readonly durability: Durability
  readonly queue: Required<QueueOptions>
  readonly rotation: ResolvedRotation
  readonly retention: ResolvedRetention
  readonly sealKey: SealKey | undefined
  readonly liveCounters: boolean
  readonly upkeep: boolean
  readonly budgets: readonly CheckedBudget[]
}

const KNOWN = [
  'workspace',
  'durability',
  'rotation',
  'queue',
  'retention',
  'seals',
  'upkeep',
  'prices',
  'projects',
  'liveCounters',
  'budgets',
  'systemLog',
]

/** Throws ValidationError INVALID_OPTION, also for an option that does not exist; INVALID_SEAL_KEY. */
export function resolveOptions(options: LedgerOptions, env: NodeJS.ProcessEnv): ResolvedOptions {
  knownOptions(OPEN, options, KNOWN)
  const workspace = options.workspace ?? (env.LEDGERLINE_WORKSPACE || './workspace')
  if (typeof workspace !== 'string' || workspace === '') throw refuse(OPEN, 'workspace', 'is not a path')
  const durability = options.durability ?? (env.LEDGERLINE_DURABILITY || 'os')
  if (durability !== 'os' && durability !== 'fsync')
    throw refuse(OPEN, 'durability', 'is neither os nor fsync')
  const { liveCounters = true, upkeep = true } = options
  if (typeof liveCounters !== 'boolean') throw refuse(OPEN, 'liveCounters', 'is not true or false')
  if (typeof upkeep !== 'boolean') throw refuse(OPEN, 'upkeep', 'is not true or false')
  return {
    workspace: resolve(workspace),
    durability,
    rotation: resolveRotation(options, env),
    retention: resolveRetention(options, env),
    queue: resolveQueue(options, env),
    sealKey: resolveSealKey(options, env),
    liveCounters,
    upkeep,
    budgets: checkBudgets(options.budgets, OPEN),
  }
}

const DEFAULT_QUEUE: Required<QueueOptions> = { maxLines: 100_000, maxBytes: 64 * 1024 * 1024 }

function resolveQueue(options: LedgerOptions, env: NodeJS.ProcessEnv): Required<QueueOptions> {
  const given = group(options, 'queue', Object.keys(DEFAULT_QUEUE))
  const lines = given.maxLines ?? set(env.LEDGERLINE_QUEUE_MAX_LINES)
  const bytes = given.maxBytes ?? set(env.LEDGERLINE_QUEUE_MAX_BYTES)
  return {
    maxLines: whole(OPEN, 'queue.maxLines', lines, COUNT) ?? DEFAULT_QUEUE.maxLines,
    maxBytes: whole(OPEN, 'queue.maxBytes', bytes, COUNT) ?? DEFAULT_QUEUE.maxBytes,
  }
}
