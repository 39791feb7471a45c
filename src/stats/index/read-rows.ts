/** A whole file to rows by the engine: several times as fast as line by line in JavaScript. */
import { STATUSES } from '../../entry/entry.js'
import { dimensionColumn, readTyped } from '../duckdb/lines.js'
import type { Piece } from '../duckdb/piece.js'
import type { KnownFiles } from '../duckdb/readable-files.js'
import type { Bindings, Session } from '../duckdb/session.js'
import { instant } from '../duckdb/sql.js'
import { CODED, COMBINED, type CodedDimension, type Combination } from './combination.js'
import { tagsKey } from './entry-row.js'
import { Growing } from './growing.js'
import { keySql } from './id-key.js'
import { KnownHashes } from './known-hashes.js'
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

const TAGS = `(CASE WHEN len(${columnOf('tag')}) > 0 THEN list_sort(${columnOf('tag')}) END)`
const TEXTS: Readonly<Record<CodedDimension, string>> = {
  chat: columnOf('chat'),
  user: columnOf('user'),
  session: columnOf('session'),
  tag: TAGS,
}
/** What makes a combination; two of one hash are taken for one, which 64 bits make as good as impossible. */
const COMBINATION = [...COMBINED.map(columnOf), 'estimated', 'writer', 'summarized']

/** Hashes as two numbers each; their texts are only read of rows that show a new one. */
const HASHES: readonly (readonly [CodeColumn, string])[] = [
  ['combination', COMBINATION.join(', ')],
  ...CODED.map((dimension) => [dimension, TEXTS[dimension]] as const),
]
const DOUBLE_SQL: readonly (readonly [DoubleColumn, string])[] = [
  ['start', 'start_ms'],
  ['end', instant('ended')],
  ...Object.entries(MEASURED).map(([name, column]) => [name as keyof typeof MEASURED, column] as const),
]

function statement(lines: string): string {
  // Adding 0 makes 0 of -0.
  const doubles = DOUBLE_SQL.map(([, sql]) => `coalesce((${sql})::DOUBLE + 0, 'NaN'::DOUBLE)`)
  const hashes = HASHES.map(([, sql]) => `hash(${sql})`)
  const texts = CODED.map((dimension) => TEXTS[dimension])
  const columns = ['state IS NOT NULL', keySql("id->>'$'"), ...doubles, ...hashes, ...COMBINATION, ...texts]
  return `SELECT ${columns.map((sql, at) => `${sql} AS c${at}`).join(', ')} FROM (${lines})`
}

/** Places of the columns of the statement. */
const KEY_AT = 1
const DOUBLES_AT = 2
const HASHES_AT = DOUBLES_AT + DOUBLE_SQL.length
const COMBINATION_AT = HASHES_AT + HASHES.length
const TEXTS_AT = COMBINATION_AT + COMBINATION.length
const WORDS_OF_KEY = 4
const WORDS_OF_HASH = 2

/** Undefined when there is nothing to read. */
export async function readRows(
  session: Session,
  path: string,
  known: KnownFiles,
): Promise<ReadRows | undefined> {
  let rows = new RowsOfFile()
  const lines = await readTyped([path], { measures: true, dimensions: DIMENSIONS }, known, {
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
  readonly #texts = new Map<CodedDimension, (string | null)[]>(CODED.map((dimension) => [dimension, [null]]))

  add(piece: Piece): void {
    const entries = this.#entriesOf(piece)
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
    for (const [index, { column }] of this.#doubles.entries()) {
      const read = piece.doubles(DOUBLES_AT + index)
      const values = column.upTo(to)
      if (entries.length === piece.rows) values.set(read, from)
      else
        for (let at = 0; at < entries.length; at++) values[from + at] = read[entries[at] ?? 0] ?? Number.NaN
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
  #entriesOf(piece: Piece): Uint32Array {
    const isEntry = piece.booleans(0)
    const rows = new Uint32Array(piece.rows)
    let count = 0
    for (let row = 0; row < piece.rows; row++) if (isEntry[row] === 1) rows[count++] = row
    if (count < piece.rows) this.isDamaged = true
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
    return text === null ? 0 : texts.push(text) - 1
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

function textIn(item: unknown): string | null {
  return typeof item === 'string' ? item : null
}

function tagsIn(item: unknown): string | null {
  if (typeof item !== 'object' || item === null || !('items' in item) || !Array.isArray(item.items))
    return null
  return tagsKey(item.items.filter((tag) => typeof tag === 'string'))
}
