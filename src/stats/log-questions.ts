/** What can be asked of the requests themselves: pages of them, and SQL. */
import type { LoggedEntry } from '../entry/entry.js'
import type { Dimension } from './stats-engine.js'

export interface LogFilter {
  readonly projectId?: string
  readonly chatId?: string
  readonly id?: string
  readonly fromDate?: string
  readonly toDate?: string
  readonly timezone?: string
  readonly filter?: Readonly<Partial<Record<Dimension, string | readonly string[]>>>
  /** 1-1000, default 50. */
  readonly limit?: number
  /** The nextCursor of the page before; null begins. */
  readonly cursor?: string | null
}

export interface LogPage {
  /** Newest first, each id once, by its final state. */
  readonly entries: readonly LoggedEntry[]
  /** Pass it as `cursor` for the next page; null on the last. */
  readonly nextCursor: string | null
}

/** Narrows the views of a query. */
export interface QueryOptions {
  /** All projects when absent. */
  readonly projectId?: string
  readonly chatId?: string
  /** A date or an instant, included: of requests by timestamp_start, of messages by created_at. */
  readonly fromDate?: string
  readonly toDate?: string
  /** That dates are meant in; default UTC. Times in SQL are UTC. */
  readonly timezone?: string
  /** Of requests: each dimension named must have one of the values. */
  readonly filter?: Readonly<Partial<Record<Dimension, string | readonly string[]>>>
  /** Rows at most; all when absent. */
  readonly maxRows?: number
  /** Cancels the query, also while its rows are read. */
  readonly signal?: AbortSignal
}
