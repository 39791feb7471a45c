/** The rows of a table of a sandbox, a chunk at a time. */
import { LedgerlineError } from '../../../errors.js'
import { cancelled } from '../../cancelled.js'
import type { QueryColumn, QueryResult, QueryRow } from '../../query-engine.js'
import type { Sandbox } from './sandbox.js'
import { converterOf } from './values.js'

export class TableResult implements QueryResult {
  readonly columns: readonly QueryColumn[]
  readonly rowCount: number
  readonly #box: Sandbox
  readonly #table: string
  readonly #signal: AbortSignal
  readonly #onClosed: () => void
  #asking: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(
    box: Sandbox,
    table: { readonly name: string; readonly columns: readonly QueryColumn[]; readonly rowCount: number },
    signal: AbortSignal,
    onClosed: () => void,
  ) {
    this.#box = box
    this.#table = table.name
    this.columns = table.columns
    this.rowCount = table.rowCount
    this.#signal = signal
    this.#onClosed = onClosed
  }

  async *batches(): AsyncGenerator<readonly QueryRow[]> {
    let read = 0
    try {
      this.#checkOpen()
      const convert = converterOf(this.#box.duckdb)
      const result = await this.#ask(() => this.#box.connection.stream(`FROM ${this.#table}`))
      for (;;) {
        this.#checkOpen()
        const chunk = await this.#ask(() => result.fetchChunk())
        this.#checkOpen()
        if (chunk === null || chunk.rowCount === 0) break
        const rows: QueryRow[] = chunk.convertRows((value) => convert(value))
        read += rows.length
        yield rows
      }
      // A stream that failed just ends.
      if (read !== this.rowCount) {
        const message = `only ${read} of ${this.rowCount} rows could be read`
        throw new LedgerlineError('QUERY_FAILED', message, { operation: 'query' })
      }
    } finally {
      await this.close()
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<QueryRow> {
    for await (const rows of this.batches()) yield* rows
  }

  close(): Promise<void> {
    // The engine is not taken away from under a call of it.
    this.#closing ??= this.#asking
      .catch(() => undefined)
      .then(() => this.#box[Symbol.asyncDispose]())
      .finally(this.#onClosed)
    return this.#closing
  }

  #ask<T>(call: () => Promise<T>): Promise<T> {
    const asking = call()
    this.#asking = asking
    return asking
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #checkOpen(): void {
    if (this.#signal.aborted) throw cancelled('query', this.#signal)
    if (this.#closing === undefined) return
    throw new LedgerlineError('QUERY_CANCELLED', 'the rows were read already, or the result was closed', {
      operation: 'query',
    })
  }
}
