/** What is written of an answer, once it is over. */
import type { EntryError, LLMRequestLogEntry, Usage, UsageSource } from '../../entry/entry.js'
import { estimatePromptTokens, estimateTokens } from '../../tokens/estimate.js'
import { normaliseUsage } from '../../tokens/normalise.js'
import { reportedCost } from '../../tokens/openai-usage.js'
import type { CallEnd, CallStart } from '../capture.js'
import type { Arrived } from './arrived.js'
import type { Wire } from './wire.js'

/**
 * The end of a call from what arrived of its answer, with `error` when that is not all of it. `fields` holds what the
 * answer says of itself; what is known of the connection is the caller's to add.
 */
export function endOf(
  wire: Wire,
  start: CallStart,
  arrived: Arrived,
  error: EntryError | undefined,
): CallEnd & { readonly fields: Partial<LLMRequestLogEntry> } {
  const cost = reportedCost(arrived.usage)
  return {
    status: error === undefined ? 'success' : error.code === 'timeout' ? 'timeout' : 'error',
    error,
    answer: arrived.messages(),
    ...usageOf(wire, start, arrived, error),
    fields: {
      ...(arrived.finishReason === undefined
        ? {}
        : { finish_reason: arrived.finishReason.slice(0, MAX_TEXT) }),
      ...(arrived.responseModel === undefined
        ? {}
        : { response_model: arrived.responseModel.slice(0, MAX_TEXT) }),
      ...(arrived.responseId === undefined ? {} : { response_id: arrived.responseId }),
      ...(cost === undefined ? {} : { cost: { amount: cost, source: 'provider' } }),
    },
  }
}

/** The provider's numbers when they came, whatever they are; else an estimate of what went to and fro. */
function usageOf(
  wire: Wire,
  start: CallStart,
  arrived: Arrived,
  error: EntryError | undefined,
): { usage?: Usage; usageSource: UsageSource } {
  const reported = normaliseUsage(wire.usageApi, arrived.usage)
  if (reported !== undefined) return { usage: reported, usageSource: 'provider' }
  const text = arrived.text()
  const broken = BROKEN_OFF.has(error?.code)
  if (error !== undefined && !broken && text === '') return { usageSource: 'none' }
  const completion = estimateTokens(text)
  const begun = normaliseUsage(wire.usageApi, arrived.startUsage)
  if (begun?.prompt_tokens !== undefined) {
    const { total_tokens: _, completion_tokens: __, ...input } = begun
    return { usage: { ...input, completion_tokens: completion }, usageSource: 'heuristic' }
  }
  return {
    usage: { prompt_tokens: estimateInput(start), completion_tokens: completion },
    usageSource: 'heuristic',
  }
}

function estimateInput({ history, inputs = [] }: CallStart): number {
  return inputs.reduce((tokens, text) => tokens + estimateTokens(text), estimatePromptTokens(history))
}

/** Codes of answers of which a part came. */
const BROKEN_OFF: ReadonlySet<string | undefined> = new Set(['aborted', 'stream_interrupted', 'timeout'])

const MAX_TEXT = 256
