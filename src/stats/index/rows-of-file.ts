/** The rows of a file as the engine reads them, piece by piece. */
import { STATUSES } from '../../entry/entry.js'
import { STATE } from '../duckdb/lines.js'
import type { Piece } from '../duckdb/piece.js'
import { CODED, COMBINED, type CodedDimension, type Combination } from './combination.js'
import { tagsKey } from './entry-row.js'
import { Growing } from './growing.js'
import { KnownHashes } from './known-hashes.js'
import { pickDoubles } from './pick.js'
import {
  COMBINATION_AT,
  DOUBLE_SQL,
  DOUBLES_AT,
  HASHES,
  HASHES_AT,
  KEY_AT,
  MEASURED,
  NO_ENTRY,
  TEXTS_AT,
  WORDS_OF_HASH,
  WORDS_OF_KEY,
} from './row-sql.js'
import {
  type Block,
  type CodeColumn,
  type Columns,
  type DoubleColumn,
  type IdKey,
  type Ids,
  isDouble,
  type Texts,
} from './rows.js'

/** Tokens; the others may be any finite number. */
const WHOLE: ReadonlySet<string> = new Set(['prompt', 'completion', 'cacheRead', 'cacheWrite', 'reasoning'])

export class RowsOfFile implements Block {
  readonly combinations: Combination[] = []
  firstMs = Number.POSITIVE_INFINITY
  lastMs = Number.NEGATIVE_INFINITY
  isDamaged = false
  count = 0
  readonly #words = new Growing((length) => new Uint32Array(length))
  readonly #doubles = DOUBLE_SQL.map(([name]) => ({
    name,
    column: new Growing((length) => new Float64Array(length)),
  }))
  readonly #codes = HASHES.map(([name]) => ({
    name,
    column: new Growing((length) => new Uint32Array(length)),
    known: new KnownHashes(),
  }))
  readonly #codesOfTags = new Map<string, number>()
  readonly #texts = new Map<CodedDimension, (string | null)[]>(CODED.map((dimension) => [dimension, [null]]))

  add(piece: Piece): void {
    const states = piece.bytes(0)
    const entries = this.#entriesAmong(states)
    const from = this.count
    const to = from + entries.length
    const keys = piece.words(KEY_AT, WORDS_OF_KEY)
    const words = this.#words.upTo(to * 3)
    for (let at = 0; at < entries.length; at++) {
      const key = (entries[at] ?? 0) * WORDS_OF_KEY
      const word = (from + at) * 3
      words[word] = keys[key] ?? 0
      words[word + 1] = keys[key + 1] ?? 0
      words[word + 2] = keys[key + 2] ?? 0
    }
    for (const [index, { name, column }] of this.#doubles.entries()) {
      const read = pickDoubles(piece.doubles(DOUBLES_AT + index), entries)
      if (name in MEASURED) keepValid(read, states, entries, WHOLE.has(name))
      column.upTo(to).set(read, from)
    }
    for (const [index, { name, column, known }] of this.#codes.entries()) {
      const hashes = piece.words(HASHES_AT + index, WORDS_OF_HASH)
      const codes = column.upTo(to)
      for (let at = 0; at < entries.length; at++) {
        const row = entries[at] ?? 0
        const low = hashes[row * WORDS_OF_HASH] ?? 0
        const high = hashes[row * WORDS_OF_HASH + 1] ?? 0
        codes[from + at] =
          known.codeOf(high, low) ??
          known.add(
            high,
            low,
            name === 'combination' ? this.#newCombination(piece, row) : this.#newText(piece, row, name),
          )
      }
    }
    const starts = this.#doubles[0]?.column.upTo(to) ?? []
    for (let at = from; at < to; at++) {
      const start = starts[at] ?? Number.NaN
      if (start < this.firstMs) this.firstMs = start
      if (start > this.lastMs) this.lastMs = start
    }
    this.count = to
  }

  /** The rows that are entries. */
  #entriesAmong(states: Uint8Array): Uint32Array {
    const rows = new Uint32Array(states.length)
    let count = 0
    for (let row = 0; row < states.length; row++) if (states[row] !== NO_ENTRY) rows[count++] = row
    if (count < states.length) this.isDamaged = true
    return rows.subarray(0, count)
  }

  #newCombination(piece: Piece, row: number): number {
    const at = (index: number): unknown => piece.value(COMBINATION_AT + index, row)
    const text = (dimension: (typeof COMBINED)[number]): string | null =>
      textIn(at(COMBINED.indexOf(dimension)))
    const status = STATUSES.find((known) => known === text('status'))
    if (status === undefined) throw new Error('an entry without a status')
    return (
      this.combinations.push({
        status,
        model: text('model'),
        provider: text('provider'),
        request_type: text('request_type'),
        environment: text('environment'),
        error_code: text('error_code'),
        project: text('project'),
        estimated: at(COMBINED.length) === true,
        writer: textIn(at(COMBINED.length + 1)),
        summarized: at(COMBINED.length + 2) === true,
      }) - 1
    )
  }

  #newText(piece: Piece, row: number, dimension: CodedDimension): number {
    const value = piece.value(TEXTS_AT + CODED.indexOf(dimension), row)
    const text = dimension === 'tag' ? tagsIn(value) : textIn(value)
    const texts = this.#texts.get(dimension) ?? []
    if (text === null) return 0
    if (dimension !== 'tag') return texts.push(text) - 1
    // The same tags in another order, or with repetitions.
    const known = this.#codesOfTags.get(text)
    const code = known ?? texts.push(text) - 1
    this.#codesOfTags.set(text, code)
    return code
  }

  columns(names: readonly (DoubleColumn | CodeColumn)[]): Promise<Columns> {
    const { count } = this
    const doubles = new Map<DoubleColumn, Float64Array>()
    const codes = new Map<CodeColumn, Uint32Array>()
    for (const name of names) {
      if (isDouble(name)) {
        const found = this.#doubles.find((double) => double.name === name)
        if (found !== undefined) doubles.set(name, found.column.upTo(count).subarray(0, count))
      } else {
        const found = this.#codes.find((coded) => coded.name === name)
        if (found !== undefined) codes.set(name, found.column.upTo(count).subarray(0, count))
      }
    }
    return Promise.resolve({ from: 0, count, doubles, codes })
  }

  texts(dimension: CodedDimension): Promise<Texts> {
    return Promise.resolve(this.#texts.get(dimension) ?? [null])
  }

  mayHave(): Promise<boolean> {
    return Promise.resolve(true)
  }

  async ids(): Promise<Ids> {
    return { words: await this.idWords(), rowOf: (at) => at, find: () => [] }
  }

  idWords(): Promise<Uint32Array> {
    return Promise.resolve(this.#words.upTo(this.count * 3).subarray(0, this.count * 3))
  }

  likelyIds(keys: readonly IdKey[]): Promise<readonly IdKey[]> {
    return Promise.resolve(keys)
  }
}

/** Makes NaN of what is no number of a finished request, and 0 of -0. */
function keepValid(values: Float64Array, states: Uint8Array, entries: Uint32Array, isWhole: boolean): void {
  const most = isWhole ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? Number.NaN
    const isValid = value >= 0 && value <= most && (!isWhole || value === Math.floor(value))
    const isFinal = (states[entries[at] ?? 0] ?? 0) >= STATE.success
    values[at] = isValid && isFinal ? value + 0 : Number.NaN
  }
}

function textIn(item: unknown): string | null {
  return typeof item === 'string' ? item : null
}

function tagsIn(item: unknown): string | null {
  if (typeof item !== 'object' || item === null || !('items' in item) || !Array.isArray(item.items))
    return null
  return tagsKey(item.items.filter((tag) => typeof tag === 'string'))
}
