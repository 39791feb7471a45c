/** What a run of a model says about itself. */
import type { HistoryMessage } from '../../chat-log/message.js'
import type { CallStart } from '../capture.js'
import { settingsOf } from '../frameworks/settings.js'
import { type Json, jsonOf, listOf, textOf } from '../json.js'

/** What LangChain tells a handler when a model starts. */
export interface RunStart {
  readonly endpoint: 'langchain.chat' | 'langchain.llm'
  /** The model as LangChain serialises it. */
  readonly llm: unknown
  /** Messages, or the prompt as text. */
  readonly sent: unknown
  readonly history: () => readonly HistoryMessage[]
  readonly runId: string
  readonly parentRunId: string | undefined
  readonly extraParams: unknown
  readonly tags: unknown
  readonly metadata: unknown
}

export function describeRun(run: RunStart): CallStart {
  const invocation = jsonOf(jsonOf(run.extraParams).invocation_params)
  const metadata = jsonOf(run.metadata)
  const kwargs = jsonOf(jsonOf(run.llm).kwargs)
  const format = textOf(jsonOf(invocation.response_format).type)
  const choice = textOf(invocation.tool_choice) ?? textOf(jsonOf(invocation.tool_choice).type)
  const model =
    textOf(invocation.model) ??
    textOf(invocation.model_name) ??
    textOf(invocation.modelId) ??
    textOf(metadata.ls_model_name) ??
    textOf(kwargs.model) ??
    'unknown'
  return {
    request: {
      endpoint: run.endpoint,
      body: { ...invocation, model, messages: run.sent, metadata, tags: run.tags, run_id: run.runId },
    },
    model,
    provider: providerOf(metadata, run.llm),
    history: run.history(),
    params: {
      ...settingsOf(invocation, SETTINGS),
      ...(choice === undefined ? {} : { tool_choice: choice }),
      ...(format === undefined ? {} : { response_format: format }),
    },
    outputFormat: format?.startsWith('json') ? 'json' : undefined,
  }
}

const SETTINGS = {
  temperature: 'temperature',
  top_p: 'top_p',
  topP: 'top_p',
  top_k: 'top_k',
  topK: 'top_k',
  max_tokens: 'max_tokens',
  maxTokens: 'max_tokens',
  max_completion_tokens: 'max_completion_tokens',
  max_output_tokens: 'max_output_tokens',
  maxOutputTokens: 'max_output_tokens',
  presence_penalty: 'presence_penalty',
  frequency_penalty: 'frequency_penalty',
  n: 'n',
  seed: 'seed',
  stream: 'stream',
  service_tier: 'service_tier',
  reasoning_effort: 'reasoning_effort',
}

/** What LangChain tells its tracers, else the last name of the model's class path: `['langchain', …, 'ChatOpenAI']`. */
function providerOf(metadata: Json, llm: unknown): string {
  const told = textOf(metadata.ls_provider)
  if (told !== undefined) return NAMES.get(told) ?? told
  return (
    textOf(listOf(jsonOf(llm).id).at(-1))
      ?.replace(/^Chat/, '')
      .toLowerCase() ?? 'unknown'
  )
}

/** LangChain's names of providers that have another one here. */
const NAMES = new Map([
  ['amazon_bedrock', 'amazon-bedrock'],
  ['google_genai', 'google'],
  ['google_vertexai', 'google'],
  ['mistralai', 'mistral'],
])
