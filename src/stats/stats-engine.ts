/** The contract of the stats: scope, options, answer, and what an engine must do. Names are camelCase. */
import type { Writer } from '../entry/entry.js'
import type { ChatTotals } from './chat-totals.js'

export type StatsScope =
  | { readonly type: 'global' }
  | { readonly type: 'project'; readonly projectId: string }
  | { readonly type: 'chat'; readonly projectId: string; readonly chatId: string }

export const PERIODS = ['hour', 'day', 'week', 'month'] as const
export type Period = (typeof PERIODS)[number]

export const DIMENSIONS = [
  'model',
  'provider',
  'chat',
  'project',
  'user',
  'session',
  'tag',
  'environment',
  'status',
  'request_type',
  'error_code',
] as const
export type Dimension = (typeof DIMENSIONS)[number] | `metadata.${string}`
export type GroupBy = Period | Dimension

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const
export type Weekday = (typeof WEEKDAYS)[number]

export interface StatsOptions {
  /** A date (the whole day in `timezone`) or an instant; included. Compared with timestamp_start. */
  readonly fromDate?: string
  readonly toDate?: string
  readonly groupBy?: GroupBy | readonly GroupBy[]
  /** IANA name; default UTC. */
  readonly timezone?: string
  /** Default monday. */
  readonly weekStart?: Weekday
  /** Each dimension named must have one of the values. */
  readonly filter?: Readonly<Partial<Record<Dimension, string | readonly string[]>>>
  /**
   * Costs by the prices of today, as far as the provider did not say what it charged: the book's and those of the ledger's
   * option, of the dates at which the requests started. Reads all lines of the range.
   */
  readonly repriced?: boolean
  /** Gives the question up: it fails at once, and what was read by then is not read again. */
  readonly signal?: AbortSignal
}

/** Milliseconds over the requests that carry the value; each within 1% of the nearest rank, max exact; 0 when there are none. */
export interface Percentiles {
  readonly p50: number
  readonly p90: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** totalRequests = successfulRequests + failedRequests; pending and interrupted ones are counted apart. */
export interface Measures {
  readonly totalRequests: number
  readonly successfulRequests: number
  /** error and timeout. */
  readonly failedRequests: number
  readonly pendingRequests: number
  /** Pending, and the process that wrote the line is gone. */
  readonly interruptedRequests: number
  /** failedRequests / totalRequests, 0 when there are none. */
  readonly errorRate: number
  readonly totalTokens: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly reasoningTokens: number
  readonly averageLatencyMs: number
  readonly latencyMs: Percentiles
  readonly timeToFirstTokenMs: Percentiles
  /** Completion tokens per second of latency, over the requests that carry both. */
  readonly outputTokensPerSecond: number
  /** USD, of the priced requests. */
  readonly estimatedCost: number
  /** Requests with tokens and no known price. */
  readonly unpricedRequests: number
  /** Requests whose tokens were counted by a tokenizer or an estimate, not by the provider. */
  readonly estimatedUsageRequests: number
  /** Requests of which retention left what is counted only; getLLMRequestLogs does not give them. */
  readonly summarizedRequests: number
}

export interface Integrity {
  /** Lines to write: persisted + rejected + dropped. */
  readonly received: number
  readonly persisted: number
  /** Refused, and the caller was told. */
  readonly rejected: number
  /** Not in the file, in the mode that does not throw; a line that waits for the disk counts here until it is written. */
  readonly dropped: number
  /** What was skipped: lines that are no entries, journals that are no regular files, projects without project.json. */
  readonly damaged: number
  /** Torn tails that were fenced off when a process took over a file. */
  readonly recovered: number
}

export interface Summary extends Measures {
  readonly integrity: Integrity
}

/** `period` for hour, day, week, month; the dimension's own name otherwise; null where entries lack it. */
export type BreakdownRow = Measures & {
  readonly requests: number
  readonly tokens: number
} & { readonly [group: string]: string | null | number | Percentiles }

export interface ModelStats extends Measures {
  readonly requests: number
  readonly tokens: number
  /** USD. */
  readonly cost: number
}

export interface Stats {
  readonly scope: StatsScope
  readonly period: { readonly from: string | null; readonly to: string | null }
  readonly summary: Summary
  readonly breakdown: readonly BreakdownRow[]
  readonly models: Readonly<Record<string, ModelStats>>
}

/** One journal's files, in the order they are read; a later line of an id replaces an earlier one. */
export interface StatsSource {
  readonly projectId: string
  readonly files: readonly string[]
}

/** What the price of a finished request is computed from; tokens, epoch ms. */
export interface RequestToPrice {
  readonly model: string
  readonly provider: string | undefined
  readonly responseModel: string | undefined
  readonly serviceTier: string | undefined
  readonly startMs: number
  readonly prompt: number
  readonly completion: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly cacheWrite1h: number
  readonly inputAudio: number
  readonly outputAudio: number
  readonly reasoning: number
}

/** USD; null when no price is known. */
export type Repricing = (request: RequestToPrice) => number | null

/** The question after validation: instants are epoch ms, both ends included. */
export interface StatsQuestion {
  readonly sources: readonly StatsSource[]
  readonly chatId: string | undefined
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
  readonly groupBy: readonly GroupBy[]
  readonly timezone: string
  readonly weekStart: Weekday
  readonly filter: ReadonlyMap<Dimension, readonly string[]>
  /** Whether the process that wrote a pending line is gone for certain. Asked once for each writer. */
  readonly isGone: (writer: Writer) => boolean
  /**
   * In place of the cost of each finished request that has prompt_tokens or completion_tokens, unless the provider said what it
   * charged.
   */
  readonly reprice?: Repricing | undefined
  /** Nobody waits for the answer once it is aborted; then the work may end with whatever error. */
  readonly signal?: AbortSignal | undefined
}

export interface StatsAnswer {
  /** First and last timestamp_start of the counted entries, epoch ms; null when there are none. */
  readonly firstMs: number | null
  readonly lastMs: number | null
  readonly measures: Measures
  readonly breakdown: readonly BreakdownRow[]
  readonly models: Readonly<Record<string, ModelStats>>
  /** Lines of the sources that are entries, whatever was asked for; those of a file that is listed twice count once. */
  readonly lines: number
  /** Lines of the sources that are no entries, and places where a file breaks off; as docs/journal-format.md counts them. */
  readonly damaged: number
}

/** Newest first; `before` is the position the page before ended at. */
export interface LogQuestion {
  readonly sources: readonly StatsSource[]
  readonly chatId: string | undefined
  readonly id: string | undefined
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
  readonly filter: ReadonlyMap<Dimension, readonly string[]>
  readonly limit: number
  readonly before: { readonly ms: number; readonly id: string } | undefined
}

/** What an engine tells the live counters of. */
export interface CountedChats {
  /** Of chats of their projects, each id once in each project; then of all, each id once. A chat may come several times. */
  take(
    projectId: string,
    totals: ChatTotals,
    chat: number,
    counts: { readonly inProject: boolean; readonly inAll: boolean },
  ): void
  /** Called when all files were read, before anything is told, and again when it is told anew: false when they are others by now. */
  begin(): Promise<boolean>
}

export interface StatsEngine {
  stats(question: StatsQuestion): Promise<StatsAnswer>
  /** The winning line of each id, as the JSON text in the file; none where that is a summary. */
  logs(question: LogQuestion): Promise<readonly string[]>
  close(): Promise<void>
}

/** The engine of a ledger. */
export interface CountingEngine extends StatsEngine {
  /** Tells the sums of all chats of the sources, so that the live counters begin complete; false when it told nothing. */
  chats(sources: readonly StatsSource[], counters: CountedChats): Promise<boolean>
}
