/** The stats engine over the index: one question after another, and what the index has not from the lines. */
import { StateError } from '../../errors.js'
import { cancelled } from '../cancelled.js'
import type { DuckDbEngine } from '../duckdb/engine.js'
import { isAboutMetadata } from '../question.js'
import type { CountingEngine, StatsQuestion } from '../stats-engine.js'
import { type IndexOptions, LedgerIndex } from './ledger-index.js'

/** Questions under way at close() may take as long; the index of a large log takes longer. */
const CLOSE_MS = 2_000

/** `lines` answers what the index has not, and reads whole files. It is closed with this engine. */
export function createIndexEngine(lines: DuckDbEngine, options: IndexOptions = {}): CountingEngine {
  const index = new LedgerIndex(lines, options)
  let last: Promise<unknown> = Promise.resolve()
  let isClosed = false
  const closedError = (): StateError =>
    new StateError('LEDGER_CLOSED', 'The stats engine is closed', { operation: 'getStats' })
  /** Each brings the index up to date, and the next one has less to do. */
  const afterOthers = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work)
    last = done.catch(() => {})
    return done
  }
  const ask = (question: StatsQuestion) => {
    // Nobody waits for it any more.
    if (question.signal?.aborted) throw cancelled('getStats', question.signal)
    return index.stats(question)
  }
  return {
    async stats(question) {
      if (isClosed) throw closedError()
      const isOfLines = isAboutMetadata(question) || question.reprice !== undefined
      return isOfLines ? lines.stats(question) : afterOthers(async () => ask(question))
    },
    logs: (question) => lines.logs(question),
    chats: (sources, counters) => afterOthers(() => index.chats(sources, counters)),
    async close() {
      isClosed = true
      const stop = setTimeout(() => index.stop(closedError()), CLOSE_MS)
      await last
      clearTimeout(stop)
      await index.ended()
      await lines.close()
    },
  }
}
