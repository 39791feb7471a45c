/** The stats engine on DuckDB: reads the JSONL files at each question, keeps no data between two. */
import { FileSystemError, LedgerlineError, StateError } from '../../errors.js'
import type { StatsEngine, StatsSource } from '../stats-engine.js'
import { Database, type DatabaseOptions } from './database.js'
import { answerLogs } from './logs.js'
import { KnownFiles } from './readable-files.js'
import type { Session } from './session.js'
import { answerStats } from './stats.js'
import { Turnstile } from './turnstile.js'

export interface DuckDbOptions extends DatabaseOptions {
  /**
   * Questions answered at once, default 2; further ones wait. DuckDB works on the threads that Node also writes files
   * with, so more would delay the log.
   */
  readonly maxConcurrent?: number
  /** In place of that: shared with the engine of SQL. */
  readonly turnstile?: Turnstile
}

export interface DuckDbEngine extends StatsEngine {
  /** A session for other work over files, and what is known of them. Fails as a question does. */
  use<T>(operation: string, work: (session: Session, known: KnownFiles) => Promise<T>): Promise<T>
  /** Work elsewhere that costs as much as a question: one fewer is answered meanwhile. */
  aside<T>(operation: string, work: () => Promise<T>): Promise<T>
}

/**
 * DuckDB is loaded at the first question. Throws FileSystemError STATS_ENGINE_ERROR with the cause when a question
 * fails, StateError LEDGER_CLOSED after close().
 */
export function createDuckDbEngine(options: DuckDbOptions = {}): DuckDbEngine {
  const database = new Database(options)
  const turnstile = options.turnstile ?? new Turnstile(options.maxConcurrent ?? 2)
  const known = new KnownFiles()
  let closed = false

  function throwIfClosed(operation: string): void {
    if (closed) throw new StateError('LEDGER_CLOSED', 'The stats engine is closed', { operation })
  }

  async function answer<T>(
    operation: string,
    sources: readonly StatsSource[],
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    throwIfClosed(operation)
    try {
      return await turnstile.pass(() => database.use(work))
    } catch (error) {
      if (error instanceof LedgerlineError) throw error
      const path = sources[0]?.files[0]
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
      throw new FileSystemError(
        'STATS_ENGINE_ERROR',
        `The log files could not be read for stats: ${reason}`,
        {
          operation,
          path,
          cause: error,
        },
      )
    }
  }

  return {
    use: (operation, work) => answer(operation, [], (session) => work(session, known)),
    async aside(operation, work) {
      throwIfClosed(operation)
      return turnstile.pass(work)
    },
    stats: (question) =>
      answer('getStats', question.sources, (session) => answerStats(session, question, known)),
    logs: (question) =>
      answer('getLLMRequestLogs', question.sources, (session) => answerLogs(session, question, known)),
    async close() {
      closed = true
      await turnstile.idle()
      await database.close()
    },
  }
}
