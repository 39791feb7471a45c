/** How requests are logged. */
import type { EntryError, LLMRequestLogEntry, LogResult } from './entry/entry.js'

export interface LogOptions {
  /**
   * `throw` (default) rejects with the error. `never` resolves with `logged: false`, counts and reports it on the
   * system log, and keeps a line the disk refused within a bound to write it later. For capture adapters.
   */
  readonly onError?: 'throw' | 'never'
  /**
   * True lets the line wait for others, so that a busy process writes less often: a file that was written to in the last
   * 10 ms is written to when these are over. For lines that nobody waits for; default false.
   */
  readonly mayWait?: boolean
}

/** A request under way: a pending line is in the file, the end writes the final one. */
export interface LLMRequestHandle {
  readonly id: string
  complete(end?: Partial<LLMRequestLogEntry>): Promise<LogResult>
  /** `error`: {code, message}, an Error, or anything that was thrown. */
  fail(error: EntryError | Error | unknown, end?: Partial<LLMRequestLogEntry>): Promise<LogResult>
  timeout(end?: Partial<LLMRequestLogEntry>): Promise<LogResult>
}
