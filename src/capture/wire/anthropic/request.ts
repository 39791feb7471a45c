/** What a messages request says about itself, apart from its messages. */
import type { OutputFormat } from '../../../entry/entry.js'
import type { CallStart } from '../../capture.js'
import { type Json, jsonOf, textOf } from '../../json.js'
import { providerOf } from '../provider.js'
import { settingsOf } from '../settings.js'
import { messagesHistory } from './history.js'

export function startOfMessages(body: Json, baseURL: unknown): CallStart {
  return {
    request: { endpoint: 'messages', body },
    model: textOf(body.model) ?? 'unknown',
    provider: providerOf(baseURL),
    history: messagesHistory(body),
    params: paramsOf(body),
    outputFormat: outputFormatOf(body),
  }
}

const SETTINGS = ['max_tokens', 'temperature', 'top_p', 'top_k', 'stream', 'service_tier', 'inference_geo']

function paramsOf(body: Json): Record<string, unknown> {
  const params = settingsOf(body, SETTINGS)
  const thinking = jsonOf(body.thinking)
  const told: readonly (readonly [string, unknown])[] = [
    ['thinking', textOf(thinking.type)],
    [
      'thinking_budget_tokens',
      typeof thinking.budget_tokens === 'number' ? thinking.budget_tokens : undefined,
    ],
    ['reasoning_effort', textOf(jsonOf(body.output_config).effort)],
    ['response_format', formatOf(body)],
  ]
  for (const [name, value] of told) if (value !== undefined) params[name] = value
  return params
}

function outputFormatOf(body: Json): OutputFormat | undefined {
  return formatOf(body)?.startsWith('json') ? 'json' : undefined
}

function formatOf(body: Json): string | undefined {
  return textOf(jsonOf(jsonOf(body.output_config).format).type) ?? textOf(jsonOf(body.output_format).type)
}
