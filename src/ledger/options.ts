/** The options of openLedger: what is not given comes from the environment, then from the defaults. */
import { resolve } from 'node:path'
import { isObject } from '../entry/own-fields.js'
import { invalid } from '../errors.js'
import type { SealKey } from '../journal/seals/keys.js'
import type { Durability, LedgerOptions, QueueOptions } from '../ledger.js'
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
}

const KNOWN = [
  'workspace',
  'durability',
  'rotation',
  'queue',
  'retention',
  'seals',
  'upkeep',
  'projects',
  'liveCounters',
  'systemLog',
]

/** Throws ValidationError INVALID_OPTION, also for an option that does not exist; INVALID_SEAL_KEY. */
export function resolveOptions(options: LedgerOptions, env: NodeJS.ProcessEnv): ResolvedOptions {
  const given: unknown = options
  if (!isObject(given)) throw refuse('options', 'is not an object')
  for (const name of Object.keys(given)) {
    if (!KNOWN.includes(name)) throw refuse(name, `is no option; the options are ${KNOWN.join(', ')}`)
  }
  const workspace = options.workspace ?? (env.LEDGERLINE_WORKSPACE || './workspace')
  if (typeof workspace !== 'string' || workspace === '') throw refuse('workspace', 'is not a path')
  const durability = options.durability ?? (env.LEDGERLINE_DURABILITY || 'os')
  if (durability !== 'os' && durability !== 'fsync') throw refuse('durability', 'is neither os nor fsync')
  const { liveCounters = true, upkeep = true } = options
  if (typeof liveCounters !== 'boolean') throw refuse('liveCounters', 'is not true or false')
  if (typeof upkeep !== 'boolean') throw refuse('upkeep', 'is not true or false')
  return {
    workspace: resolve(workspace),
    durability,
    rotation: resolveRotation(options, env),
    retention: resolveRetention(options, env),
    queue: resolveQueue(options.queue ?? {}),
    sealKey: resolveSealKey(options, env),
    liveCounters,
    upkeep,
  }
}

const DEFAULT_QUEUE: Required<QueueOptions> = { maxLines: 100_000, maxBytes: 64 * 1024 * 1024 }

function resolveQueue(given: QueueOptions): Required<QueueOptions> {
  const queue: Record<string, unknown> = { ...DEFAULT_QUEUE, ...given }
  for (const [name, value] of Object.entries(queue)) {
    if (!Object.hasOwn(DEFAULT_QUEUE, name)) {
      throw refuse(`queue.${name}`, `is no option; the options are ${Object.keys(DEFAULT_QUEUE).join(', ')}`)
    }
    if (!Number.isSafeInteger(value) || Number(value) < 1)
      throw refuse(`queue.${name}`, 'is no integer from 1')
  }
  return { maxLines: Number(queue.maxLines), maxBytes: Number(queue.maxBytes) }
}

function refuse(field: string, message: string): Error {
  return invalid('openLedger', 'INVALID_OPTION', field, message)
}
