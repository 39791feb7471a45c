/** The options of rotation, retention and seals: given, else from the environment, else the default. */
import { type SealKey, signingKey } from '../journal/seals/keys.js'
import type { RetentionLimits } from '../journal/upkeep/plan-retention.js'
import type { CleanupOptions } from '../ledger.js'
import type { LedgerOptions, RetentionOptions } from '../ledger-options.js'
import {
  COUNT,
  group,
  knownOptions,
  OPEN,
  type Range,
  refuse,
  set,
  switched,
  whole,
} from './option-values.js'

export interface ResolvedRotation {
  readonly maxBytes: number
  readonly maxAgeDays: number | undefined
  readonly gzip: boolean
}

export interface ResolvedRetention extends RetentionLimits {
  readonly chatsMaxAgeDays: number | undefined
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024
const MIN_MAX_BYTES = 4096
/** A hundred years. */
const MAX_DAYS = 36_500
const DAYS = { min: 1, max: MAX_DAYS }

const ROTATION = ['maxBytes', 'maxAgeDays', 'gzip'] as const
const RETENTION = ['maxAgeDays', 'maxSegments', 'maxBytes', 'chatsMaxAgeDays'] as const
const SEALS = ['privateKey'] as const

type Environment = NodeJS.ProcessEnv

export function resolveRotation(options: LedgerOptions, env: Environment): ResolvedRotation {
  const given = group(options, 'rotation', ROTATION)
  const size = { min: MIN_MAX_BYTES, max: Number.MAX_SAFE_INTEGER }
  return {
    maxBytes:
      whole(OPEN, 'rotation.maxBytes', given.maxBytes ?? set(env.LEDGERLINE_ROTATION_MAX_BYTES), size) ??
      DEFAULT_MAX_BYTES,
    maxAgeDays: whole(
      OPEN,
      'rotation.maxAgeDays',
      given.maxAgeDays ?? set(env.LEDGERLINE_ROTATION_MAX_AGE_DAYS),
      DAYS,
    ),
    gzip: switched('rotation.gzip', given.gzip ?? set(env.LEDGERLINE_ROTATION_GZIP)) ?? false,
  }
}

export function resolveRetention(options: LedgerOptions, env: Environment): ResolvedRetention {
  return checkRetention(OPEN, group(options, 'retention', RETENTION), {
    maxAgeDays: set(env.LEDGERLINE_RETENTION_MAX_AGE_DAYS),
    maxSegments: set(env.LEDGERLINE_RETENTION_MAX_SEGMENTS),
    maxBytes: set(env.LEDGERLINE_RETENTION_MAX_BYTES),
    chatsMaxAgeDays: set(env.LEDGERLINE_RETENTION_CHATS_MAX_AGE_DAYS),
  })
}

/** Each limit as given, else the other one. Throws ValidationError INVALID_OPTION. */
export function checkRetention(
  operation: string,
  given: { readonly [name in keyof RetentionOptions]: unknown },
  otherwise: { readonly [name in keyof RetentionOptions]: unknown },
): ResolvedRetention {
  const limit = (name: (typeof RETENTION)[number], range: Range): number | undefined =>
    whole(operation, `retention.${name}`, given[name] ?? otherwise[name], range)
  return {
    maxAgeDays: limit('maxAgeDays', DAYS),
    maxSegments: limit('maxSegments', COUNT),
    maxBytes: limit('maxBytes', COUNT),
    chatsMaxAgeDays: limit('chatsMaxAgeDays', DAYS),
  }
}

export interface CheckedCleanup {
  readonly dryRun: boolean
  readonly trustClock: boolean
  readonly limits: ResolvedRetention
}

const CLEANUP = ['projectId', 'dryRun', 'trustClock', 'retention']

/** Throws ValidationError INVALID_OPTION. */
export function checkCleanup(
  options: CleanupOptions,
  otherwise: ResolvedRetention,
  operation: string,
): CheckedCleanup {
  knownOptions(operation, options, CLEANUP)
  const { dryRun = false, trustClock = false, retention = {} } = options
  if (typeof dryRun !== 'boolean') throw refuse(operation, 'dryRun', 'is not true or false')
  if (typeof trustClock !== 'boolean') throw refuse(operation, 'trustClock', 'is not true or false')
  knownOptions(operation, retention, RETENTION, 'retention')
  return { dryRun, trustClock, limits: checkRetention(operation, retention, otherwise) }
}

/** Throws ValidationError INVALID_SEAL_KEY. */
export function resolveSealKey(options: LedgerOptions, env: Environment): SealKey | undefined {
  const { privateKey = set(env.LEDGERLINE_SEALS_PRIVATE_KEY) } = group(options, 'seals', SEALS)
  if (privateKey === undefined) return undefined
  if (typeof privateKey !== 'string') throw refuse(OPEN, 'seals.privateKey', 'is neither PEM text nor a path')
  return signingKey(privateKey, OPEN)
}
