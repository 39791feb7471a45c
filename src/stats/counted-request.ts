/** What the live counters count of one request. */
import type { LoggedEntry, Status } from '../entry/entry.js'
import { parseInstant } from '../entry/timestamp.js'

export interface CountedRequest {
  readonly id: string
  readonly projectId: string
  readonly chatId: string
  readonly status: Status
  /** Epoch ms; -Infinity when there is none. */
  readonly endMs: number
  /** Tokens. */
  readonly prompt: number
  readonly completion: number
  /** Milliseconds. */
  readonly latency: number | undefined
  /** USD; undefined when unpriced. */
  readonly cost: number | undefined
}

/** The rule of docs/journal-format.md: final over pending, then the later end, then the later line. */
export function replaces(next: CountedRequest, before: CountedRequest): boolean {
  const isFinal = next.status !== 'pending'
  if (isFinal !== (before.status !== 'pending')) return isFinal
  return next.endMs >= before.endMs
}

/** Of a line that any program may have written. */
export function countedOf(entry: LoggedEntry): CountedRequest {
  return {
    id: entry.id,
    projectId: entry.project_id,
    chatId: entry.chat_id,
    status: entry.status,
    endMs: parseInstant(entry.timestamp_end) ?? Number.NEGATIVE_INFINITY,
    prompt: tokens(entry.usage?.prompt_tokens),
    completion: tokens(entry.usage?.completion_tokens),
    latency: finite(entry.timings?.latency_ms),
    cost: finite(entry.cost?.amount),
  }
}

/** As the engine takes them: whole numbers from 0 on that JSON carries exactly, else 0. */
function tokens(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
}

/** Finite numbers from 0 on. */
function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
