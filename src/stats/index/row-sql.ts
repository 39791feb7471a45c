/** The statement that gives the lines of a file as columns of bytes, and where these are in its result. */
import { dimensionColumn } from '../duckdb/lines.js'
import { instant } from '../duckdb/sql.js'
import { CODED, COMBINED } from './combination.js'
import { keySql } from './id-key.js'
import type { CodeColumn, DoubleColumn } from './rows.js'

export const DIMENSIONS = [...COMBINED, ...CODED]
/** Where they are in the statement. */
const columnOf = (dimension: (typeof DIMENSIONS)[number]): string =>
  dimensionColumn(DIMENSIONS.indexOf(dimension))
export const MEASURED = {
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
export const HASHES: readonly (readonly [CodeColumn, string])[] = [
  ['combination', COMBINATION.join(', ')],
  ...CODED.map((dimension) => [dimension, columnOf(dimension)] as const),
]
export const DOUBLE_SQL: readonly (readonly [DoubleColumn, string])[] = [
  ['start', 'start_ms'],
  ['end', instant('ended')],
  ...Object.entries(MEASURED).map(([name, column]) => [name as keyof typeof MEASURED, column] as const),
]

export function rowSql(lines: string): string {
  const state = `coalesce(state, ${NO_ENTRY})::UTINYINT`
  const doubles = DOUBLE_SQL.map(([, sql]) => `coalesce((${sql})::DOUBLE, 'NaN'::DOUBLE)`)
  const hashes = HASHES.map(([, sql]) => `hash(${sql})`)
  const texts = CODED.map(columnOf)
  const columns = [state, keySql("id->>'$'"), ...doubles, ...hashes, ...COMBINATION, ...texts]
  return `SELECT ${columns.map((sql, at) => `${sql} AS c${at}`).join(', ')} FROM (${lines})`
}

/** In place of the state of a line that is none. */
export const NO_ENTRY = 255
/** Places of the columns of the statement. */
export const KEY_AT = 1
export const DOUBLES_AT = 2
export const HASHES_AT = DOUBLES_AT + DOUBLE_SQL.length
export const COMBINATION_AT = HASHES_AT + HASHES.length
export const TEXTS_AT = COMBINATION_AT + COMBINATION.length
export const WORDS_OF_KEY = 4
export const WORDS_OF_HASH = 2
