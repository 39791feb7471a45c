/** What a call of the AI SDK says about itself. */
import type { CallStart } from '../capture.js'
import { settingsOf } from '../frameworks/settings.js'
import { type Json, jsonOf, textOf } from '../json.js'
import { promptHistory } from './history.js'
import type { NamedModel } from './types.js'

export type Endpoint = 'generate' | 'stream' | 'embed'

export function describeRequest(endpoint: Endpoint, params: Json, model: NamedModel): CallStart {
  const format = textOf(jsonOf(params.responseFormat).type)
  const choice = textOf(jsonOf(params.toolChoice).type)
  return {
    request: { endpoint: `ai-sdk.${endpoint}`, body: params },
    model: textOf(model.modelId) ?? 'unknown',
    provider: providerOf(model),
    history: promptHistory(params.prompt),
    params: {
      ...settingsOf(params, SETTINGS),
      ...(endpoint === 'stream' ? { stream: true } : {}),
      ...(choice === undefined ? {} : { tool_choice: choice }),
      ...(format === undefined ? {} : { response_format: format }),
    },
    outputFormat: format === 'json' ? 'json' : undefined,
    ...(endpoint === 'embed' ? { requestType: 'embedding' } : {}),
  }
}

const SETTINGS = {
  maxOutputTokens: 'max_output_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  seed: 'seed',
}

/** The SDK names the API too, such as `openai.chat` or `anthropic.messages`. */
function providerOf(model: NamedModel): string {
  return textOf(String(model.provider).split('.')[0]) ?? 'unknown'
}
