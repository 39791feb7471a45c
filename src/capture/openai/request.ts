/** What a request says about itself, apart from its messages. */
import type { OutputFormat } from '../../entry/entry.js'
import type { CallStart } from '../capture.js'
import { type Json, jsonOf, listOf, textOf } from '../json.js'
import { chatHistory, responsesHistory } from './history.js'

const ENDPOINTS = { '/chat/completions': 'chat.completions', '/responses': 'responses' } as const
export type Endpoint = (typeof ENDPOINTS)[keyof typeof ENDPOINTS]

/** The endpoint of an SDK path that is captured; undefined for every other one. */
export function endpointOf(path: unknown): Endpoint | undefined {
  if (typeof path !== 'string') return undefined
  for (const [end, endpoint] of Object.entries(ENDPOINTS)) if (path.endsWith(end)) return endpoint
  return undefined
}

export function describeRequest(endpoint: Endpoint, body: Json, baseURL: unknown): CallStart {
  return {
    request: { endpoint, body },
    model: textOf(body.model) ?? 'unknown',
    provider: providerOf(baseURL),
    history: endpoint === 'responses' ? responsesHistory(body) : chatHistory(body),
    params: paramsOf(body),
    outputFormat: outputFormatOf(body),
  }
}

const PROVIDERS: readonly (readonly [string, string])[] = [
  ['openai.azure.com', 'azure'],
  ['services.ai.azure.com', 'azure'],
  ['openai.com', 'openai'],
  ['openrouter.ai', 'openrouter'],
]

/** Who serves a base URL: a known provider's name, else the host. */
export function providerOf(baseURL: unknown): string {
  const host = URL.canParse(String(baseURL)) ? new URL(String(baseURL)).hostname : 'unknown'
  for (const [domain, provider] of PROVIDERS) {
    if (host === domain || host.endsWith(`.${domain}`)) return provider
  }
  return host
}

const SETTINGS = [
  'temperature',
  'top_p',
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'n',
  'seed',
  'stream',
  'presence_penalty',
  'frequency_penalty',
  'reasoning_effort',
  'verbosity',
  'service_tier',
  'store',
  'logprobs',
  'top_logprobs',
  'parallel_tool_calls',
  'truncation',
  'background',
  'previous_response_id',
]

/** Settings that are plain values, and how many tools were offered. Nothing a user wrote. */
function paramsOf(body: Json): Record<string, unknown> {
  const params: Record<string, unknown> = {}
  for (const name of SETTINGS) {
    const value = body[name]
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      params[name] = value
  }
  if (Array.isArray(body.tools)) params.tools_count = listOf(body.tools).length
  const choice = textOf(body.tool_choice) ?? textOf(jsonOf(body.tool_choice).type)
  if (choice !== undefined) params.tool_choice = choice
  const effort = textOf(jsonOf(body.reasoning).effort)
  if (effort !== undefined) params.reasoning_effort = effort
  const format = formatOf(body)
  if (format !== undefined) params.response_format = format
  return params
}

function outputFormatOf(body: Json): OutputFormat | undefined {
  return formatOf(body)?.startsWith('json') ? 'json' : undefined
}

function formatOf(body: Json): string | undefined {
  return textOf(jsonOf(body.response_format).type) ?? textOf(jsonOf(jsonOf(body.text).format).type)
}
