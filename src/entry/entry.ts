/** What one logged request is. Names are those of the file: snake_case. No I/O here. */

export const STATUSES = ['pending', 'success', 'error', 'timeout'] as const
export type Status = (typeof STATUSES)[number]

export const REQUEST_TYPES = ['chat', 'tool', 'workflow', 'embedding', 'image', 'audio', 'other'] as const
export type RequestType = (typeof REQUEST_TYPES)[number]

export const OUTPUT_FORMATS = ['text', 'markdown', 'json'] as const
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

export const USAGE_SOURCES = ['provider', 'tokenizer', 'heuristic', 'none'] as const
/** Who counted the tokens; `heuristic` is an estimate. */
export type UsageSource = (typeof USAGE_SOURCES)[number]

export const COST_SOURCES = ['provider', 'override', 'price_book', 'none'] as const
export type CostSource = (typeof COST_SOURCES)[number]

/** Version of the line format, see docs/journal-format.md. */
export const SCHEMA_VERSION = 1

/**
 * Token counts: non-negative safe integers. The parts of a whole are disjoint and never more than it. Further provider
 * fields are kept as they came.
 */
export interface Usage {
  prompt_tokens?: number
  completion_tokens?: number
  /** Always prompt + completion in the file. */
  total_tokens?: number
  /** The caller's total, kept when it differed from prompt + completion. */
  reported_total_tokens?: number
  /** True when only a total was given and was counted as prompt tokens. */
  total_only?: boolean
  /** Part of prompt_tokens that the provider read from its cache. */
  cache_read_tokens?: number
  /** Part of prompt_tokens that the provider wrote to its cache, for however long. */
  cache_write_tokens?: number
  /** Part of cache_write_tokens that is kept for an hour. */
  cache_write_1h_tokens?: number
  /** Part of prompt_tokens that was audio and came from no cache. */
  input_audio_tokens?: number
  /** Part of completion_tokens that was reasoning. */
  reasoning_tokens?: number
  /** Part of completion_tokens that was audio. */
  output_audio_tokens?: number
  /** The fields above whose number could not be true and was replaced. */
  repaired?: readonly string[]
  /** What the provider reported, as it came. */
  provider_usage?: unknown
  [field: string]: unknown
}

/** Milliseconds, finite and non-negative. */
export interface Timings {
  latency_ms?: number
  total_duration_ms?: number
  time_to_first_token_ms?: number
  [field: string]: unknown
}

export interface EntryError {
  code: string
  message: string
  [field: string]: unknown
}

export interface Cost {
  /** USD; null when no price is known. */
  amount: number | null
  source: CostSource
  /** Date (UTC) of the price book the amount was computed with. */
  book_date?: string
  [field: string]: unknown
}

/** What the caller passes. Only `project_id`, `chat_id` and `model` are required. */
export interface LLMRequestLogEntry {
  id?: string
  project_id: string
  chat_id: string
  model: string
  status?: Status
  /** ISO 8601 with a zone; written as UTC with milliseconds. */
  timestamp_start?: string
  timestamp_end?: string
  request_type?: RequestType
  messages_included?: readonly string[]
  usage?: Usage
  timings?: Timings
  /** Taken as timings.latency_ms when that is absent. */
  latency_ms?: number
  output_format_hint?: OutputFormat
  touched_files?: readonly string[]
  touched_entities?: readonly string[]
  http_status?: number
  error?: EntryError | null
  provider?: string
  user_id?: string
  session_id?: string
  environment?: string
  tags?: readonly string[]
  parent_id?: string
  /** From 1; retries of one request count up. */
  attempt?: number
  finish_reason?: string
  response_model?: string
  params?: unknown
  metadata?: unknown
  cost?: Cost
  usage_source?: UsageSource
  [field: string]: unknown
}

/** Which process wrote a pending line; when it is gone, the request is interrupted. */
export interface Writer {
  host: string
  pid: number
  /** Start of the process as the system counts it; tells a reused pid from the old one. */
  started: string
}

/** The line in the file: the caller's entry, completed. */
export interface LoggedEntry extends LLMRequestLogEntry {
  id: string
  status: Status
  timestamp_start: string
  request_type: RequestType
  output_format_hint: OutputFormat
  usage_source: UsageSource
  schema_version: number
  writer?: Writer
}

/** What logLLMRequest resolves to. */
export interface LogResult {
  readonly id: string
  /** False only from the never-throwing mode. */
  readonly logged: boolean
  /** When the line was made, ISO 8601 UTC with milliseconds. */
  readonly timestamp: string
}
