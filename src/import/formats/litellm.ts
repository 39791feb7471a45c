/** Rows of LiteLLM's table of spend logs. Keys, prompts and answers are in some of its columns; only named ones are read. */

import type { EntryError, RequestType, Usage } from '../../entry/entry.js'
import type { Fields } from '../../entry/own-fields.js'
import { redactedCut } from '../../entry/redact.js'
import { normaliseUsage } from '../../tokens/normalise.js'
import { idPrefix, importId } from '../import-id.js'
import type { Importer, Reading } from '../importer.js'
import {
  amountOf,
  chatIdOf,
  fieldsOf,
  firstText,
  instantOf,
  jsonFieldsOf,
  present,
  textOf,
} from '../source-fields.js'

export function litellm(): Importer {
  return {
    format: 'litellm',
    idPrefix: idPrefix('litellm'),
    endings: ['.jsonl', '.json'],
    shape: 'objects',
    keeps: 'last',
    mayCount: () => true,
    open: () => ({ read: readRow }),
  }
}

function readRow(row: Fields): Reading {
  const requestId = textOf(row.request_id)
  if (requestId === undefined) return 'no_id'
  const model = firstText(row, 'model', 'model_group')
  if (model === undefined) return 'no_model'
  const startMs = instantOf(row.startTime)
  const endMs = instantOf(row.endTime) ?? startMs
  if (startMs === undefined || endMs === undefined) return 'no_time'

  const metadata = jsonFieldsOf(row.metadata)
  const hasFailed = row.status === 'failure' || metadata.status === 'failure'
  const session = textOf(row.session_id)
  const user = firstText(row, 'user', 'end_user')
  const provider = textOf(row.custom_llm_provider)
  const usage = usageOf(row, metadata)
  const spend = amountOf(row.spend)
  // 0 stands where LiteLLM knows no price, too; only a hit of its own cache is surely free.
  const charged = spend === 0 && !isTrue(row.cache_hit) ? undefined : spend
  return {
    id: importId('litellm', [requestId]),
    startMs,
    endMs: Math.max(startMs, endMs),
    entry: {
      chat_id: chatIdOf(session ?? 'litellm'),
      model,
      status: hasFailed ? 'error' : 'success',
      request_type: typeOf(row.call_type),
      ...(provider === undefined ? {} : { provider }),
      ...(usage === undefined ? {} : { usage }),
      ...(charged === undefined ? {} : { cost: { amount: charged, source: 'provider' } }),
      ...(hasFailed ? { error: errorOf(metadata) } : {}),
      ...(user === undefined ? {} : { user_id: user }),
      ...(session === undefined ? {} : { session_id: session }),
      tags: tagsOf(row.request_tags),
      timings: timingsOf(startMs, endMs, instantOf(row.completionStartTime)),
      metadata: present({
        request_id: requestId,
        call_type: textOf(row.call_type),
        model_group: textOf(row.model_group),
        team_id: textOf(row.team_id),
        end_user: textOf(row.end_user),
        // LiteLLM's own cache: no provider was called.
        cache_hit: isTrue(row.cache_hit) ? true : undefined,
      }),
    },
  }
}

/** The columns say how many, the provider's object of what kind. */
function usageOf(row: Fields, metadata: Fields): Usage | undefined {
  const reported = fieldsOf(metadata.usage_object)
  const input = fieldsOf(reported.prompt_tokens_details)
  const output = fieldsOf(reported.completion_tokens_details)
  const usage = normaliseUsage('openai', {
    prompt_tokens: row.prompt_tokens ?? reported.prompt_tokens,
    completion_tokens: row.completion_tokens ?? reported.completion_tokens,
    total_tokens: row.total_tokens ?? reported.total_tokens,
    prompt_tokens_details: present({
      cached_tokens: amountOf(input.cached_tokens) ?? amountOf(reported.cache_read_input_tokens),
      cache_write_tokens: amountOf(reported.cache_creation_input_tokens),
    }),
    completion_tokens_details: present({ reasoning_tokens: amountOf(output.reasoning_tokens) }),
  })
  if (usage === undefined) return undefined
  const { provider_usage: _, ...counts } = usage
  return metadata.usage_object === undefined ? counts : { ...counts, provider_usage: reported }
}

const TYPES: readonly (readonly [RegExp, RequestType])[] = [
  [/embedding/, 'embedding'],
  [/image/, 'image'],
  [/speech|transcription|audio/, 'audio'],
  [/completion|response|message|generate_content/, 'chat'],
]

function typeOf(callType: unknown): RequestType {
  const name = textOf(callType)
  if (name === undefined) return 'chat'
  return TYPES.find(([pattern]) => pattern.test(name))?.[1] ?? 'other'
}

function errorOf(metadata: Fields): EntryError {
  const { error_code: code, error_class: name, error_message: message } = fieldsOf(metadata.error_information)
  // The message may repeat the prompt.
  return {
    code: textOf(name) ?? textOf(code) ?? 'failure',
    message: typeof message === 'string' ? redactedCut(message, 256) : '',
  }
}

function timingsOf(startMs: number, endMs: number, firstMs: number | undefined): Record<string, number> {
  const latency = Math.max(0, endMs - startMs)
  // Without a stream the column holds the end.
  const hasFirst = firstMs !== undefined && firstMs >= startMs && firstMs < endMs
  return { latency_ms: latency, ...(hasFirst ? { time_to_first_token_ms: firstMs - startMs } : {}) }
}

/** A list, or one that was written as JSON text. */
function tagsOf(value: unknown): readonly string[] {
  const list = typeof value === 'string' ? jsonFieldsOf(`{"tags":${value || '[]'}}`).tags : value
  return Array.isArray(list) ? list.filter((tag) => textOf(tag) !== undefined).slice(0, 64) : []
}

function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true')
}
