/** What many requests have in common: the texts of few values, kept once for all rows that share them. */
import type { Status } from '../../entry/entry.js'

export interface Combination {
  readonly status: Status
  readonly model: string | null
  readonly provider: string | null
  readonly request_type: string | null
  readonly environment: string | null
  readonly error_code: string | null
  readonly project: string | null
  /** A final request whose tokens were counted by a tokenizer or an estimate. */
  readonly estimated: boolean
  /** From the summary of a deleted segment. */
  readonly summarized: boolean
  /** The JSON of the `writer` of a pending line. */
  readonly writer: string | null
}

/** Dimensions that a combination carries. */
export const COMBINED = [
  'model',
  'provider',
  'request_type',
  'environment',
  'status',
  'error_code',
  'project',
] as const
export type CombinedDimension = (typeof COMBINED)[number]

/** Dimensions of which a log holds many values; each row has its code. */
export const CODED = ['chat', 'user', 'session', 'tag'] as const
export type CodedDimension = (typeof CODED)[number]

export function combinationKey(combination: Combination): string {
  const { status, model, provider, request_type, environment, error_code, project } = combination
  const { estimated, summarized, writer } = combination
  return JSON.stringify([
    status,
    model,
    provider,
    request_type,
    environment,
    error_code,
    project,
    estimated,
    summarized,
    writer,
  ])
}
