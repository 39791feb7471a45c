/** What a span and a captured request say of their call that cannot both be true of one. */
import type { TracedRequest } from '../../ledger.js'
import { modelsDiffer, namesModel } from './same-model.js'
import { responseIdOf, type SpanCall } from './span-call.js'

/**
 * Those whose names say who served a call. An instrumentation names the provider whose protocol it knows, OpenAI for a
 * dozen others; clouds and routers serve models of others; a proxy is known by its host.
 */
const PLAIN = new Set(['openai', 'anthropic', 'cohere'])

export function contradict(call: SpanCall, request: TracedRequest): boolean {
  const { entry } = call.placed
  const answer = responseIdOf(call)
  return (
    entry.request_type !== request.requestType ||
    (answer !== undefined && request.responseId !== undefined && answer !== request.responseId) ||
    providersDiffer(entry.provider, request.provider) ||
    outcomesDiffer(call, request) ||
    modelsDiffer(
      { model: entry.model, answer: entry.response_model },
      { model: request.model, answer: request.responseModel },
    )
  )
}

/** Whether both tell enough of their call to be one although they only stand beside each other. */
export function areAlike({ placed: { entry } }: SpanCall, request: TracedRequest): boolean {
  if (!namesModel(entry.model, entry.response_model)) return false
  if (!namesModel(request.model, request.responseModel)) return false
  const [prompt, completion] = [entry.usage?.prompt_tokens, entry.usage?.completion_tokens]
  // Conventions differ in what one of the counts includes, not in both.
  return !(countsDiffer(prompt, request.usage?.prompt) && countsDiffer(completion, request.usage?.completion))
}

function providersDiffer(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other && PLAIN.has(one) && PLAIN.has(other)
}

/** One succeeded, and counted tokens, where the other failed. Attempts before the last one failed anyway. */
function outcomesDiffer({ placed: { entry }, hasFailed }: SpanCall, request: TracedRequest): boolean {
  if (request.status === 'pending') return false
  if (hasFailed) return request.status === 'success' && request.attempts === 1 && request.usage !== undefined
  return request.status !== 'success' && entry.usage !== undefined
}

/** None where nothing was counted. */
function countsDiffer(one: number | undefined, other: number | undefined): boolean {
  return Boolean(one) && Boolean(other) && one !== other
}
