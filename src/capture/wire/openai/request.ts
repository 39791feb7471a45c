/** What a request says about itself, apart from its messages. */
import type { HistoryMessage } from '../../../chat-log/message.js'
import type { OutputFormat } from '../../../entry/entry.js'
import type { CallStart } from '../../capture.js'
import { type Json, jsonOf, listOf, textOf } from '../../json.js'
import { providerOf } from '../provider.js'
import { chatHistory, responsesHistory } from './history.js'

export function startOfChat(body: Json, baseURL: unknown): CallStart {
  return describe('chat.completions', body, baseURL, chatHistory(body))
}

export function startOfResponse(body: Json, baseURL: unknown): CallStart {
  return describe('responses', body, baseURL, responsesHistory(body))
}

function describe(
  endpoint: string,
  body: Json,
  baseURL: unknown,
  history: readonly HistoryMessage[],
): CallStart {
  return {
    request: { endpoint, body },
    model: textOf(body.model) ?? 'unknown',
    provider: providerOf(baseURL),
    history,
    params: paramsOf(body),
    outputFormat: outputFormatOf(body),
  }
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
