/** What a request says about itself, apart from its messages. */
import type { HistoryMessage } from '../../../chat-log/message.js'
import type { OutputFormat } from '../../../entry/entry.js'
import type { CallStart } from '../../capture.js'
import { type Json, jsonOf, textOf } from '../../json.js'
import { providerOf } from '../provider.js'
import { settingsOf } from '../settings.js'
import { chatHistory, responsesHistory } from './history.js'

export function startOfChat(body: Json, baseURL: unknown): CallStart {
  return describe('chat.completions', body, baseURL, chatHistory(body))
}

/** The texts of embeddings are no conversation: they are counted and not kept. */
export function startOfEmbeddings(body: Json, baseURL: unknown): CallStart {
  const inputs = (Array.isArray(body.input) ? body.input : [body.input]).filter(isText)
  return { ...describe('embeddings', body, baseURL, []), requestType: 'embedding', inputs }
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

function isText(value: unknown): value is string {
  return typeof value === 'string'
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
  'dimensions',
  'encoding_format',
]

function paramsOf(body: Json): Record<string, unknown> {
  const params = settingsOf(body, SETTINGS)
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
