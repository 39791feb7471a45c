/** A piece of a result as the bytes of its columns: reading value by value costs more than the engine's own work. */

import type { DuckDBDataChunk } from '@duckdb/node-api'
import type bindings from '@duckdb/node-bindings'

export class Piece {
  readonly #bindings: typeof bindings
  readonly #chunk: DuckDBDataChunk
  readonly rows: number

  constructor(native: typeof bindings, chunk: DuckDBDataChunk) {
    this.#bindings = native
    this.#chunk = chunk
    this.rows = chunk.rowCount
  }

  /** Of a column of DOUBLE without nulls. Valid as long as the piece. */
  doubles(column: number): Float64Array {
    const { buffer, byteOffset } = this.#bytes(column, Float64Array.BYTES_PER_ELEMENT)
    return new Float64Array(buffer, byteOffset, this.rows)
  }

  /** Of a column of whole numbers of `perRow` times 32 bits without nulls, the lowest bits first. */
  words(column: number, perRow: number): Uint32Array {
    const { buffer, byteOffset } = this.#bytes(column, perRow * Uint32Array.BYTES_PER_ELEMENT)
    return new Uint32Array(buffer, byteOffset, this.rows * perRow)
  }

  /** Of a column of UTINYINT without nulls. */
  bytes(column: number): Uint8Array {
    return this.#bytes(column, 1)
  }

  /** As a value of JavaScript, null for null. */
  value(column: number, row: number): unknown {
    return this.#chunk.getColumnVector(column).getItem(row)
  }

  #bytes(column: number, perRow: number): Uint8Array {
    const vector = this.#bindings.data_chunk_get_vector(this.#chunk.chunk, column)
    return this.#bindings.vector_get_data(vector, this.rows * perRow)
  }
}
