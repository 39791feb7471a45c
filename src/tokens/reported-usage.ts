/** What every reader of a provider's usage has in common: which counts there are, and how they become a usage of ours. */
import type { Usage } from '../entry/entry.js'
import { GivenParts } from '../entry/given-parts.js'
import { TokenCounts } from '../entry/token-counts.js'
import { CountReader, type Fields, isFields } from './reported.js'

/** Tokens by our definitions, as far as the provider told them. `prompt` and `completion` have all their parts in them. */
export interface ReportedTokens {
  readonly prompt?: number | undefined
  readonly completion?: number | undefined
  readonly total?: number | undefined
  readonly cacheRead?: number | undefined
  /** All writes. */
  readonly cacheWrite?: number | undefined
  readonly cacheWrite1h?: number | undefined
  /** Without what came from the cache. */
  readonly inputAudio?: number | undefined
  readonly reasoning?: number | undefined
  readonly outputAudio?: number | undefined
}

/** One way of reporting. */
export type UsageReader = (reported: Fields, counts: CountReader) => ReportedTokens

/** Undefined when there is nothing to read or it holds no count. Never throws. */
export function normaliseWith(read: UsageReader, reported: unknown): Usage | undefined {
  try {
    if (!isFields(reported)) return undefined
    const counts = new CountReader()
    const tokens = read(reported, counts)
    if (Object.values(tokens).every((count) => count === undefined)) return undefined
    return usageOf(tokens, counts.repaired, reported)
  } catch {
    // A getter or a proxy in place of the provider's object.
    return undefined
  }
}

function usageOf(tokens: ReportedTokens, repaired: Set<string>, reported: Fields): Usage {
  const parts = partsOf(tokens)
  const counts = new TokenCounts()
  Object.assign(counts, wholesOf(tokens, parts))
  if (!Number.isSafeInteger(counts.prompt + counts.completion)) {
    repaired.add('prompt_tokens').add('completion_tokens')
    counts.prompt = 0
    counts.completion = 0
  }
  for (const name of parts.fitInto(counts)) repaired.add(name)
  const { prompt, completion } = counts
  const sum = prompt + completion
  const { total } = tokens
  const isTotalOnly = tokens.prompt === undefined && tokens.completion === undefined && total !== undefined
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: sum,
    ...(total === undefined || total === sum ? {} : { reported_total_tokens: total }),
    ...(isTotalOnly ? { total_only: true } : {}),
    ...Object.fromEntries(parts.fields(counts)),
    ...(repaired.size === 0 ? {} : { repaired: [...repaired] }),
    provider_usage: reported,
  }
}

/** A whole that is missing is what the total leaves for it, else the sum of its parts. A total alone is all prompt. */
function wholesOf(
  { prompt, completion, total }: ReportedTokens,
  parts: GivenParts,
): Pick<TokenCounts, 'prompt' | 'completion'> {
  const rest = (other: number | undefined): number | undefined =>
    total === undefined ? undefined : Math.max(0, total - (other ?? 0))
  const known = prompt ?? rest(completion) ?? parts.input() ?? 0
  return { prompt: known, completion: completion ?? rest(known) ?? parts.output() ?? 0 }
}

function partsOf(tokens: ReportedTokens): GivenParts {
  const parts = new GivenParts()
  parts.cache_read_tokens = tokens.cacheRead
  parts.cache_write_tokens = tokens.cacheWrite
  parts.reasoning_tokens = tokens.reasoning
  // Most answers have none of these, and say so with a 0.
  parts.cache_write_1h_tokens = tokens.cacheWrite1h || undefined
  parts.input_audio_tokens = tokens.inputAudio || undefined
  parts.output_audio_tokens = tokens.outputAudio || undefined
  return parts
}
