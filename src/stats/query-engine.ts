/** The contract of SQL over the logs: a checked question, its rows, and what the values of a row are. */
import type { Conditions } from './question.js'
import type { StatsSource } from './stats-engine.js'

/**
 * Whole numbers are numbers up to 2^53 and bigints above; decimals are the nearest number. Timestamps are ISO 8601 UTC,
 * dates, times, intervals, blobs and uuids text, JSON its text. Lists are arrays, structs objects, maps lists of
 * `{key, value}`.
 */
export type QueryValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly QueryValue[]
  | { readonly [name: string]: QueryValue }

export interface QueryColumn {
  /** Each once: a second `a` is `a_1`. */
  readonly name: string
  /** As DuckDB writes it: `BIGINT`, `VARCHAR[]`, `JSON`. */
  readonly type: string
}

/** The values of one row, in the order of the columns. */
export type QueryRow = readonly QueryValue[]

/** Rows are computed already; they are read from memory or the disk, once, in order. */
export interface QueryResult extends AsyncIterable<QueryRow>, AsyncDisposable {
  readonly columns: readonly QueryColumn[]
  readonly rowCount: number
  /** Many rows at a time: cheaper than one by one. */
  batches(): AsyncIterable<readonly QueryRow[]>
  /** Gives back what the rows take; done by itself when they were read to the end or the loop was left. */
  close(): Promise<void>
}

/** The question after validation. */
export interface QueryQuestion {
  readonly sql: string
  /** Which requests are there: as for stats, without groups. */
  readonly conditions: Pick<Conditions, 'fromMs' | 'toMs' | 'filter'> & {
    readonly chatId: string | undefined
  }
  /** Rows of the result at most. */
  readonly limit: number | undefined
  readonly signal: AbortSignal
  /** Holds the files of `llm_requests` while `use` runs; called when the SQL names them. */
  readonly withSources: <T>(use: (sources: readonly StatsSource[]) => Promise<T>) => Promise<T>
  /** The latest state of each message that is asked for, chat by chat in order; called when the SQL names them. */
  readonly messages: () => AsyncIterable<MessageRow>
}

export interface MessageRow {
  /** In its chat, from 1. */
  readonly position: number
  readonly message: object
}

export interface QueryEngine {
  query(question: QueryQuestion): Promise<QueryResult>
  /** Writes the rows to a file that is there and empty. Gives their number. */
  writeParquet(question: QueryQuestion, path: string): Promise<number>
  close(): Promise<void>
}
