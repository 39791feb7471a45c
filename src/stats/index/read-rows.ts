/** A whole file to rows by the engine: several times as fast as line by line in JavaScript. */
import type { DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api'
import { STATUSES } from '../../entry/entry.js'
import { dimensionColumn, readTyped } from '../duckdb/lines.js'
import type { KnownFiles } from '../duckdb/readable-files.js'
import type { Bindings, Session } from '../duckdb/session.js'
import { instant } from '../duckdb/sql.js'
import { CODED, COMBINED, type CodedDimension, type Combination } from './combination.js'
import { tagsKey } from './entry-row.js'
import { keySql } from './id-key.js'
import {
  type Block,
  type CodeColumn,
  type Columns,
  type DoubleColumn,
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
  const words = keySql("id->>'$'").map((sql, at) => `${sql} AS id${at}`)
  const doubles = DOUBLE_SQL.map(([, sql], at) => `(${sql})::DOUBLE AS n${at}`)
  const hashes = HASHES.map(([, sql], at) => `hash(${sql}) AS h${at}`)
  const halves = HASHES.flatMap((_, at) => [`(h${at} >> 32)::UINTEGER`, `(h${at} & 4294967295)::UINTEGER`])
  const texts = [...COMBINATION, ...CODED.map((dimension) => TEXTS[dimension])].map(
    (sql, at) => `${sql} AS t${at}`,
  )
  const outer = [
    'isEntry',
    ...words.map((_, at) => `id${at}`),
    ...doubles.map((_, at) => `n${at}`),
    ...halves,
    ...texts.map((_, at) => `t${at}`),
  ]
  return `
    SELECT ${outer.join(', ')}
    FROM (SELECT state IS NOT NULL AS isEntry, ${[...words, ...doubles, ...hashes, ...texts].join(', ')} FROM (${lines}))`
}

/** Places of the columns of the statement. */
const WORDS_AT = 1
const DOUBLES_AT = WORDS_AT + 3
const HASHES_AT = DOUBLES_AT + DOUBLE_SQL.length
const COMBINATION_AT = HASHES_AT + HASHES.length * 2
const TEXTS_AT = COMBINATION_AT + COMBINATION.length

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
      for await (const chunk of session.chunks(statement(select), bindings)) rows.add(chunk)
    },
    damaged: () => Promise.resolve(rows.isDamaged ? [0] : []),
  })
  return lines === null ? undefined : { block: rows, isDamaged: rows.isDamaged }
}

/** 2048 rows are a piece of a result. */
const FIRST_CAPACITY = 1 << 16

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

  add(chunk: DuckDBDataChunk): void {
    const rows = this.#entriesOf(chunk)
    const from = this.count
    const to = from + rows.length
    const words = this.#words.upTo(to * 3)
    for (let word = 0; word < 3; word++) {
      const vector = chunk.getColumnVector(WORDS_AT + word)
      for (let at = 0; at < rows.length; at++) words[(from + at) * 3 + word] = numberIn(vector, rows[at] ?? 0)
    }
    for (const [index, { column }] of this.#doubles.entries()) {
      const vector = chunk.getColumnVector(DOUBLES_AT + index)
      const values = column.upTo(to)
      for (let at = 0; at < rows.length; at++) values[from + at] = numberIn(vector, rows[at] ?? 0)
    }
    for (const [index, { name, column, known }] of this.#codes.entries()) {
      const high = chunk.getColumnVector(HASHES_AT + index * 2)
      const low = chunk.getColumnVector(HASHES_AT + index * 2 + 1)
      const codes = column.upTo(to)
      for (let at = 0; at < rows.length; at++) {
        const row = rows[at] ?? 0
        codes[from + at] = known.codeOf(numberIn(high, row), numberIn(low, row), () =>
          name === 'combination' ? this.#newCombination(chunk, row) : this.#newText(chunk, row, name),
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

  #entriesOf(chunk: DuckDBDataChunk): number[] {
    const isEntry = chunk.getColumnVector(0)
    const rows: number[] = []
    for (let row = 0; row < chunk.rowCount; row++) {
      if (isEntry.getItem(row) === true) rows.push(row)
      else this.isDamaged = true
    }
    return rows
  }

  #newCombination(chunk: DuckDBDataChunk, row: number): number {
    const at = (index: number): unknown => chunk.getColumnVector(COMBINATION_AT + index).getItem(row)
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

  #newText(chunk: DuckDBDataChunk, row: number, dimension: CodedDimension): number {
    const item: unknown = chunk.getColumnVector(TEXTS_AT + CODED.indexOf(dimension)).getItem(row)
    const text = dimension === 'tag' ? tagsIn(item) : textIn(item)
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

  ids(): Promise<Ids> {
    const words = this.#words.upTo(this.count * 3).subarray(0, this.count * 3)
    return Promise.resolve({ words, rowOf: (at) => at, find: () => [] })
  }
}

/** Codes by 64-bit hashes. */
class KnownHashes {
  /** By the 53 bits that a number holds; the other 11 are in `rest`, and by all where they differ. */
  readonly #byNumber = new Map<number, number>()
  readonly #rest: number[] = []
  readonly #byText = new Map<string, number>()

  codeOf(high: number, low: number, make: () => number): number {
    const number = high * 2 ** 21 + (low >>> 11)
    const code = this.#byNumber.get(number)
    if (code !== undefined && this.#rest[code] === (low & 2047)) return code
    const text = `${high}:${low}`
    const other = code === undefined ? undefined : this.#byText.get(text)
    if (other !== undefined) return other
    const made = make()
    if (code === undefined) this.#byNumber.set(number, made)
    else this.#byText.set(text, made)
    this.#rest[made] ??= low & 2047
    return made
  }
}

class Growing<T extends Float64Array | Uint32Array> {
  readonly #make: (length: number) => T
  #values: T

  constructor(make: (length: number) => T) {
    this.#make = make
    this.#values = make(FIRST_CAPACITY)
  }

  /** The values, with room for as many. */
  upTo(length: number): T {
    if (length > this.#values.length) {
      const wider = this.#make(Math.max(length, this.#values.length * 2))
      wider.set(this.#values)
      this.#values = wider
    }
    return this.#values
  }
}

function numberIn(vector: DuckDBVector, row: number): number {
  const item: unknown = vector.getItem(row)
  return typeof item === 'number' ? item + 0 : Number.NaN
}

function textIn(item: unknown): string | null {
  return typeof item === 'string' ? item : null
}

function tagsIn(item: unknown): string | null {
  if (typeof item !== 'object' || item === null || !('items' in item) || !Array.isArray(item.items))
    return null
  return tagsKey(item.items.filter((tag) => typeof tag === 'string'))
}
