/** A whole file to rows by the engine: several times as fast as line by line in JavaScript. */
import { STATUSES } from '../../entry/entry.js'
import { dimensionColumn, readTyped, STATE } from '../duckdb/lines.js'
import type { Piece } from '../duckdb/piece.js'
import type { KnownFiles } from '../duckdb/readable-files.js'
import type { Bindings, Session } from '../duckdb/session.js'
import { instant } from '../duckdb/sql.js'
import { CODED, COMBINED, type CodedDimension, type Combination } from './combination.js'
import { tagsKey } from './entry-row.js'
import { Growing } from './growing.js'
import { keySql } from './id-key.js'
import { KnownHashes } from './known-hashes.js'
import { pickDoubles } from './pick.js'
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

export interface ReadRows {
  readonly block: Block
  /** Whether there are lines that are no entries. */
  readonly isDamaged: boolean
}

const DIMENSIONS = [...COMBINED, ...CODED]
/** Where they are in the statement. */
const columnOf = (dimension: (typeof DIMENSIONS)[number]): string =>
  dimensionColumn(DIMENSIONS.indexOf(dimension))
const MEASURED = {
  prompt: 'prompt',
  completion: 'completion',
  cacheRead: 'cache_read',
  cacheWrite: 'cache_write',
  reasoning: 'reasoning',
  latency: 'latency',
  firstToken: 'first_token',
  cost: 'cost',
} as const

/** What makes a combination; two of one hash are taken for one, which 64 bits make as good as impossible. */
const COMBINATION = [...COMBINED.map(columnOf), 'estimated', 'writer', 'summarized']

/** Hashes as two numbers each; their texts are only read of rows that show a new one. */
const HASHES: readonly (readonly [CodeColumn, string])[] = [
  ['combination', COMBINATION.join(', ')],
  ...CODED.map((dimension) => [dimension, columnOf(dimension)] as const),
]
const DOUBLE_SQL: readonly (readonly [DoubleColumn, string])[] = [
  ['start', 'start_ms'],
  ['end', instant('ended')],
  ...Object.entries(MEASURED).map(([name, column]) => [name as keyof typeof MEASURED, column] as const),
]

function statement(lines: string): string {
  const state = `coalesce(state, ${NO_ENTRY})::UTINYINT`
  const doubles = DOUBLE_SQL.map(([, sql]) => `coalesce((${sql})::DOUBLE, 'NaN'::DOUBLE)`)
  const hashes = HASHES.map(([, sql]) => `hash(${sql})`)
  const texts = CODED.map(columnOf)
  const columns = [state, keySql("id->>'$'"), ...doubles, ...hashes, ...COMBINATION, ...texts]
  return `SELECT ${columns.map((sql, at) => `${sql} AS c${at}`).join(', ')} FROM (${lines})`
}

/** In place of the state of a line that is none. */
const NO_ENTRY = 255
/** Places of the columns of the statement. */
const KEY_AT = 1
const DOUBLES_AT = 2
const HASHES_AT = DOUBLES_AT + DOUBLE_SQL.length
const COMBINATION_AT = HASHES_AT + HASHES.length
const TEXTS_AT = COMBINATION_AT + COMBINATION.length
const WORDS_OF_KEY = 4
const WORDS_OF_HASH = 2

/** Tokens; the others may be any finite number. */
const WHOLE: ReadonlySet<string> = new Set(['prompt', 'completion', 'cacheRead', 'cacheWrite', 'reasoning'])
const COLUMNS = { measures: true, dimensions: DIMENSIONS, unchecked: true }

/** Undefined when there is nothing to read. */
export async function readRows(
  session: Session,
  path: string,
  known: KnownFiles,
): Promise<ReadRows | undefined> {
  let rows = new RowsOfFile()
  const lines = await readTyped([path], COLUMNS, known, {
    async take(select: string, bindings: Bindings) {
      rows = new RowsOfFile()
      for await (const piece of session.pieces(statement(select), bindings)) rows.add(piece)
    },
    damaged: () => Promise.resolve(rows.isDamaged ? [0] : []),
  })
  return lines === null ? undefined : { block: rows, isDamaged: rows.isDamaged }
}

class RowsOfFile implements Block {
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
    return Promise.resolve({ count, doubles, codes })
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
