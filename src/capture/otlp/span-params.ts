/** Settings of a request: plain values only, nothing that a user wrote. */
import { type Json, jsonOf, parseJson } from '../json.js'
import type { Span } from './span.js'

const SETTINGS = [
  'temperature',
  'top_p',
  'top_k',
  'max_tokens',
  'frequency_penalty',
  'presence_penalty',
  'seed',
  'stream',
  'reasoning_effort',
  'service_tier',
].map((name) => ({ name, attribute: `gen_ai.request.${name}` }))

/** From `gen_ai.request.*`, and where OpenInference has them, in `llm.invocation_parameters`. */
export function paramsOf(spans: readonly Span[]): Json {
  const params: Record<string, unknown> = {}
  for (const { attributes } of spans) {
    const text = attributes.text('llm.invocation_parameters')
    const parameters = text === undefined ? {} : jsonOf(parseJson(text))
    for (const { name, attribute } of SETTINGS) {
      const value = attributes.value(attribute) ?? parameters[name]
      if (!Object.hasOwn(params, name) && isPlain(value)) params[name] = value
    }
  }
  return params
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= 64
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
}
