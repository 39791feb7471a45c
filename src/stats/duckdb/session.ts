/** Statements of one question, on a connection of its own. */
import type { DuckDBConnection, DuckDBMaterializedResult, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { loadBindings } from './load-duckdb.js'
import { Piece } from './piece.js'

/** A value of the caller or of a file: it goes beside the SQL, never into it. */
export type Value = string | number | readonly string[]

/** The values of one statement, in order. */
export class Bindings {
  readonly values: Value[] = []

  /** Takes the value and gives the placeholder that stands for it. */
  bind(value: Value): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}

export type Row = Readonly<Record<string, unknown>>

/** Rows that the engine takes at once. */
const CHUNK = 2048

export class Session {
  readonly #duckdb: typeof import('@duckdb/node-api')
  readonly #connection: DuckDBConnection

  constructor(duckdb: typeof import('@duckdb/node-api'), connection: DuckDBConnection) {
    this.#duckdb = duckdb
    this.#connection = connection
  }

  async run(sql: string, bindings = new Bindings()): Promise<void> {
    await this.#result(sql, bindings)
  }

  async rows(sql: string, bindings = new Bindings()): Promise<Row[]> {
    const result = await this.#result(sql, bindings)
    return result.getRowObjectsJS()
  }

  /** The pieces of the result, which is all there before the first: of a streamed one an error ends it in silence. */
  async *pieces(sql: string, bindings = new Bindings()): AsyncGenerator<Piece> {
    const native = loadBindings()
    const result = await this.#result(sql, bindings)
    for (;;) {
      const chunk = await result.fetchChunk()
      if (chunk === null || chunk.rowCount === 0) return
      yield new Piece(native, chunk)
    }
  }

  /** A temporary table of doubles, of as many rows as each of the columns has values. */
  async makeTable(name: string, columns: Readonly<Record<string, readonly number[]>>): Promise<void> {
    const { DOUBLE, DuckDBDataChunk } = this.#duckdb
    const values = Object.values(columns)
    await this.run(
      `CREATE TEMP TABLE ${name} (${Object.keys(columns)
        .map((column) => `${column} DOUBLE`)
        .join(', ')})`,
    )
    const appender = await this.#connection.createAppender(name)
    for (let from = 0; from < (values[0]?.length ?? 0); from += CHUNK) {
      const chunk = DuckDBDataChunk.create(values.map(() => DOUBLE))
      chunk.setColumns(values.map((column) => column.slice(from, from + CHUNK)))
      appender.appendDataChunk(chunk)
    }
    appender.closeSync()
  }

  /** To take a statement apart, prepare it and run it are three trips to a thread; without values one does it. */
  #result(sql: string, bindings: Bindings): Promise<DuckDBMaterializedResult> {
    if (bindings.values.length === 0) return this.#connection.run(sql)
    return this.#connection.run(sql, ...this.#bound(bindings))
  }

  #bound(bindings: Bindings): [DuckDBValue[], DuckDBType[]] {
    const { LIST, VARCHAR, DOUBLE, listValue } = this.#duckdb
    const values: DuckDBValue[] = []
    const types: DuckDBType[] = []
    for (const value of bindings.values) {
      if (typeof value === 'string') types.push(VARCHAR)
      else if (typeof value === 'number') types.push(DOUBLE)
      else types.push(LIST(VARCHAR))
      values.push(typeof value === 'object' ? listValue([...value]) : value)
    }
    return [values, types]
  }
}

/** A number of a result; null counts as 0, and -0 as 0. */
export function numberOf(value: unknown): number {
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'number' ? value + 0 : 0
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
