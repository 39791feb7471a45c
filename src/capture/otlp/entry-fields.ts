/** The fields of an entry, from the spans of one call. */
import type { LLMRequestLogEntry } from '../../entry/entry.js'
import { redactedCut } from '../../entry/redact.js'
import { formatInstant } from '../../entry/timestamp.js'
import type { FieldName } from './conventions/convention.js'
import type { ModelCall } from './model-calls.js'
import { durationMs, millisOf } from './nanos.js'
import { providerOf } from './provider.js'
import { usageOf } from './reported-usage.js'
import type { Span } from './span.js'
import { failureOf } from './span-failure.js'
import { namesOf, numberField, textField } from './span-fields.js'
import { paramsOf } from './span-params.js'

type Named = Partial<LLMRequestLogEntry> & { readonly id: string; readonly model: string }

/** Every field but the project and the chat. Texts are cut to what an entry may hold; a model's name is not. */
export function entryFields({ meaning, spans }: ModelCall): Named {
  const [span] = spans
  const first = <T>(read: (span: Span) => T | undefined): T | undefined => {
    for (const one of spans) {
      const value = read(one)
      if (value !== undefined) return value
    }
    return undefined
  }
  const text = (field: FieldName): string | undefined =>
    first(({ attributes }) => textField(attributes, field))
  const anywhere = (...names: readonly string[]): string | undefined =>
    first(({ attributes, resource }) => attributes.text(...names) ?? resource.text(...names))

  const responseModel = text('responseModel')
  const usage = first(({ attributes }) => usageOf(attributes))
  const server = anywhere('server.address')
  return {
    id: entryId(span),
    model: text('model') ?? responseModel ?? 'unknown',
    ...failureOf(span, first),
    timestamp_start: formatInstant(millisOf(span.startNanos)),
    timestamp_end: formatInstant(millisOf(span.endNanos)),
    request_type: meaning,
    timings: timingsOf(span, first(firstTokenMs)),
    usage_source: usage === undefined ? 'none' : 'provider',
    params: paramsOf(spans),
    metadata: {
      trace_id: span.traceId,
      span_id: span.spanId,
      ...(span.parentSpanId === '' ? {} : { parent_span_id: span.parentSpanId }),
      ...given({
        span_name: span.name === '' ? undefined : span.name,
        service_name: anywhere('service.name'),
        server_address: server,
      }),
    },
    ...(usage === undefined ? {} : { usage }),
    ...given({
      provider: providerOf(text('provider'), server),
      response_model: responseModel,
      response_id: text('responseId'),
      finish_reason: first(finishReason),
      session_id: anywhere(...namesOf('session')),
      user_id: anywhere(...namesOf('user')),
      environment: anywhere('deployment.environment.name', 'deployment.environment'),
    }),
  }
}

/** How the ids of entries begin that are made of spans. */
export const ENTRY_PREFIX = 'otlp-'

/** Opaque, and the same for the same span, so that an export that is sent again replaces itself. */
export function entryId({ traceId, spanId }: Pick<Span, 'traceId' | 'spanId'>): string {
  return `${ENTRY_PREFIX}${traceId}-${spanId}`
}

function timingsOf(span: Span, firstToken: number | undefined): Record<string, number> {
  const total = durationMs(span.startNanos, span.endNanos)
  return {
    latency_ms: total,
    total_duration_ms: total,
    ...(firstToken === undefined ? {} : { time_to_first_token_ms: firstToken }),
  }
}

/** ms; undefined for what cannot be. */
function firstTokenMs({ attributes, events, startNanos }: Span): number | undefined {
  const seconds = numberField(attributes, 'firstTokenSeconds')
  const event = events.find(({ name }) => name === 'First Token Stream Event')?.nanos
  const ms =
    numberField(attributes, 'firstTokenMs') ??
    (seconds === undefined ? undefined : seconds * 1000) ??
    (event === undefined ? undefined : durationMs(startNanos, event))
  return ms === undefined || ms < 0 || !Number.isFinite(ms) ? undefined : Math.round(ms * 100) / 100
}

function finishReason({ attributes }: Span): string | undefined {
  for (const name of namesOf('finishReason')) {
    const [reason] = attributes.texts(name)
    if (reason !== undefined) return reason
  }
  return undefined
}

const MAX_TEXT = 256

/** The texts that are there, as long as an entry may hold them. */
function given(texts: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const some: Record<string, string> = {}
  for (const [name, text] of Object.entries(texts))
    if (text !== undefined) some[name] = redactedCut(text, MAX_TEXT)
  return some
}
