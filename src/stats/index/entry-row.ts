/** An entry of a line, whoever wrote it, as the row that is counted. */

import type { LoggedEntry } from '../../entry/entry.js'
import { isObject } from '../../entry/own-fields.js'
import { parseInstant } from '../../entry/timestamp.js'
import { keyOfId } from './id-key.js'
import type { Row } from './rows.js'

/** `isSummary`: the line is of the summary of a deleted segment. */
export function rowOf(entry: LoggedEntry, isSummary: boolean): Row {
  const line: Readonly<Record<string, unknown>> = { ...entry }
  const isFinal = entry.status !== 'pending'
  const usage = isFinal ? fieldsOf(line.usage) : {}
  const timings = isFinal ? fieldsOf(line.timings) : {}
  return {
    id: keyOfId(entry.id.toWellFormed()),
    start: parseInstant(entry.timestamp_start) ?? Number.NaN,
    end: parseInstant(entry.timestamp_end) ?? Number.NaN,
    combination: {
      status: entry.status,
      model: textOf(line.model),
      provider: textOf(line.provider),
      request_type: textOf(line.request_type),
      environment: textOf(line.environment),
      error_code: textOf(fieldsOf(line.error).code),
      project: textOf(line.project_id),
      estimated: isFinal && (line.usage_source === 'tokenizer' || line.usage_source === 'heuristic'),
      summarized: isSummary,
      writer: isFinal || !isObject(line.writer) ? null : JSON.stringify(line.writer),
    },
    coded: {
      chat: textOf(line.chat_id),
      user: textOf(line.user_id),
      session: textOf(line.session_id),
      tag: tagsOf(line.tags),
    },
    prompt: tokensOf(usage.prompt_tokens),
    completion: tokensOf(usage.completion_tokens),
    cacheRead: tokensOf(usage.cache_read_tokens),
    cacheWrite: tokensOf(usage.cache_write_tokens),
    reasoning: tokensOf(usage.reasoning_tokens),
    latency: finiteOf(timings.latency_ms),
    firstToken: finiteOf(timings.time_to_first_token_ms),
    cost: isFinal ? finiteOf(fieldsOf(line.cost).amount) : Number.NaN,
  }
}

/** The distinct texts of a list as JSON, null for none. */
export function tagsKey(tags: readonly string[]): string | null {
  return tags.length === 0 ? null : JSON.stringify([...new Set(tags)].sort())
}

function tagsOf(value: unknown): string | null {
  return Array.isArray(value) ? tagsKey(value.map(textOf).filter((tag) => tag !== null)) : null
}

/** Texts as they are, anything else as its JSON. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed()
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {}
}

/** Whole numbers from 0 on that JSON carries exactly. */
function tokensOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value + 0 : Number.NaN
}

function finiteOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value + 0 : Number.NaN
}
