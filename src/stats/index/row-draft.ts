/** Rows in memory, in the order of their lines, to which further ones are added. */

import { CODED, type CodedDimension, type Combination, combinationKey } from './combination.js'
import { Dictionary } from './dictionary.js'
import {
  type Block,
  CODES,
  type CodeColumn,
  type Columns,
  DOUBLES,
  type DoubleColumn,
  type IdKey,
  type Ids,
  isDouble,
  type Row,
  type Texts,
} from './rows.js'

const FIRST_CAPACITY = 64

export class RowDraft implements Block {
  readonly combinations: Combination[] = []
  firstMs = Number.POSITIVE_INFINITY
  lastMs = Number.NEGATIVE_INFINITY
  readonly #doubles = new Map<DoubleColumn, Float64Array>()
  readonly #codes = new Map<CodeColumn, Uint32Array>()
  readonly #combinationCodes = new Map<string, number>()
  readonly #texts = new Map<CodedDimension, Dictionary>()
  #ids = new Uint32Array(FIRST_CAPACITY * 3)
  #rowsOf = new Map<number, number[] | number>()
  #capacity = FIRST_CAPACITY
  #count = 0

  constructor() {
    for (const name of DOUBLES) this.#doubles.set(name, new Float64Array(FIRST_CAPACITY))
    for (const name of CODES) this.#codes.set(name, new Uint32Array(FIRST_CAPACITY))
    for (const dimension of CODED) this.#texts.set(dimension, new Dictionary())
  }

  get count(): number {
    return this.#count
  }

  add(row: Row): void {
    if (this.#count === this.#capacity) this.#grow()
    const at = this.#count
    for (const [name, column] of this.#doubles) column[at] = row[name]
    this.#column('combination')[at] = this.combinationCode(row.combination)
    for (const [dimension, texts] of this.#texts)
      this.#column(dimension)[at] = texts.codeOf(row.coded[dimension])
    this.#ids.set(row.id, at * 3)
    this.#remember(row.id, at)
    if (row.start < this.firstMs) this.firstMs = row.start
    if (row.start > this.lastMs) this.lastMs = row.start
    this.#count += 1
  }

  combinationCode(combination: Combination): number {
    const key = combinationKey(combination)
    const known = this.#combinationCodes.get(key)
    if (known !== undefined) return known
    const code = this.combinations.push(combination) - 1
    this.#combinationCodes.set(key, code)
    return code
  }

  /** At most `count` rows, as they are now. */
  columns(names: readonly (DoubleColumn | CodeColumn)[]): Promise<Columns> {
    const count = this.#count
    const doubles = new Map<DoubleColumn, Float64Array>()
    const codes = new Map<CodeColumn, Uint32Array>()
    for (const name of names) {
      const column = isDouble(name) ? this.#doubles.get(name) : this.#codes.get(name)
      if (column instanceof Float64Array && isDouble(name)) doubles.set(name, column.subarray(0, count))
      else if (column instanceof Uint32Array && !isDouble(name)) codes.set(name, column.subarray(0, count))
    }
    return Promise.resolve({ from: 0, count, doubles, codes })
  }

  texts(dimension: CodedDimension): Promise<Texts> {
    return Promise.resolve(this.#texts.get(dimension)?.texts ?? [])
  }

  mayHave(dimension: CodedDimension, text: string): Promise<boolean> {
    return Promise.resolve(this.#texts.get(dimension)?.has(text) ?? false)
  }

  ids(): Promise<Ids> {
    return Promise.resolve({
      words: this.#ids.subarray(0, this.#count * 3),
      rowOf: (at) => at,
      find: (key) => this.find(key),
    })
  }

  idWords(): Promise<Uint32Array> {
    return Promise.resolve(this.#ids.subarray(0, this.#count * 3))
  }

  likelyIds(keys: readonly IdKey[]): Promise<readonly IdKey[]> {
    return Promise.resolve(keys.filter((key) => this.#rowsOf.has(mapKey(key))))
  }

  /** The rows that have the key, in order. */
  find(key: IdKey): number[] {
    const rows = this.#rowsOf.get(mapKey(key)) ?? []
    return (typeof rows === 'number' ? [rows] : rows).filter(
      (row) =>
        this.#ids[row * 3] === key[0] &&
        this.#ids[row * 3 + 1] === key[1] &&
        this.#ids[row * 3 + 2] === key[2],
    )
  }

  #remember(key: IdKey, row: number): void {
    const number = mapKey(key)
    const others = this.#rowsOf.get(number)
    if (others === undefined) this.#rowsOf.set(number, row)
    else this.#rowsOf.set(number, typeof others === 'number' ? [others, row] : [...others, row])
  }

  #column(name: CodeColumn): Uint32Array {
    const column = this.#codes.get(name)
    if (column === undefined) throw new Error(`no column ${name}`)
    return column
  }

  #grow(): void {
    this.#capacity *= 2
    for (const [name, column] of this.#doubles) {
      const wider = new Float64Array(this.#capacity)
      wider.set(column)
      this.#doubles.set(name, wider)
    }
    for (const [name, column] of this.#codes) {
      const wider = new Uint32Array(this.#capacity)
      wider.set(column)
      this.#codes.set(name, wider)
    }
    const ids = new Uint32Array(this.#capacity * 3)
    ids.set(this.#ids)
    this.#ids = ids
  }
}

/** 53 bits of a key, as the number a Map takes. */
function mapKey([first, second]: IdKey): number {
  return first * 2 ** 21 + (second >>> 11)
}
