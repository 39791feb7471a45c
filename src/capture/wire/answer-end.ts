/** What is written of an answer, once it is over. */
import type { EntryError, LLMRequestLogEntry } from '../../entry/entry.js'
import { redactedCut } from '../../entry/redact.js'
import { countUsage } from '../../tokens/count.js'
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
        : { finish_reason: redactedCut(arrived.finishReason, MAX_TEXT) }),
      ...(arrived.responseModel === undefined
        ? {}
        : { response_model: redactedCut(arrived.responseModel, MAX_TEXT) }),
      ...(arrived.responseId === undefined ? {} : { response_id: arrived.responseId }),
      ...(cost === undefined ? {} : { cost: { amount: cost, source: 'provider' } }),
    },
  }
}

/** The provider's numbers when they came, whatever they are; else a count of what went to and fro. */
function usageOf(
  wire: Wire,
  { model, history, inputs }: CallStart,
  arrived: Arrived,
  error: EntryError | undefined,
): Pick<CallEnd, 'usage' | 'usageSource' | 'count'> {
  const reported = normaliseUsage(wire.usageApi, arrived.usage)
  if (reported !== undefined) return { usage: reported, usageSource: 'provider' }
  const answer = arrived.text()
  if (error !== undefined && !BROKEN_OFF.has(error.code) && answer === '') return { usageSource: 'none' }
  const begun = normaliseUsage(wire.usageApi, arrived.startUsage)
  const exchange = { model: arrived.responseModel ?? model, history, inputs, answer, begun }
  return { count: () => countUsage(exchange) }
}

/** Codes of answers of which a part came. */
const BROKEN_OFF: ReadonlySet<string | undefined> = new Set(['aborted', 'stream_interrupted', 'timeout'])

const MAX_TEXT = 256
