/** The lines of the files as one table of typed rows, with only the columns a question needs. */
import type { Dimension } from '../stats-engine.js'
import { dimensionField } from './dimensions.js'
import { readableFiles } from './readable-files.js'
import { Bindings, type Session } from './session.js'
import { finite, instant, jsonNumber, wholeNumber } from './sql.js'

/** Values of the column `state`; null is a line that is no entry. */
export const STATE = { pending: 0, interrupted: 1, success: 2, failed: 3 } as const

/** Column -> what is summed or ranked, read from a final entry; null where it has none. */
const MEASURED = {
  prompt: ['usage', 'prompt_tokens', wholeNumber],
  completion: ['usage', 'completion_tokens', wholeNumber],
  cache_read: ['usage', 'cache_read_tokens', wholeNumber],
  cache_write: ['usage', 'cache_write_tokens', wholeNumber],
  reasoning: ['usage', 'reasoning_tokens', wholeNumber],
  latency: ['timings', 'latency_ms', finite],
  first_token: ['timings', 'time_to_first_token_ms', finite],
  cost: ['cost', 'amount', finite],
} as const

export interface LineColumns {
  /** Columns of MEASURED, `estimated` and `writer`. */
  readonly measures: boolean
  readonly dimensions: readonly Dimension[]
}

/** Where the n-th of the dimensions is. */
export function dimensionColumn(index: number): string {
  return `d${index}`
}

/** Larger lines than the first size are rare, and smaller buffers let the threads share a file. */
const OBJECT_SIZES = [2 << 20, 16 << 20, 64 << 20]

/**
 * Makes the temporary table `lines`: `file` (index into the list that is returned), `id` (JSON text), `state`,
 * `start_ms`, `ended`, and the columns asked for. Its rowid is the order of reading. Blank lines are left out, damaged
 * ones have no state. Files that are absent or empty have no lines; null when there are none at all.
 */
export async function loadLines(
  session: Session,
  paths: readonly string[],
  columns: LineColumns,
): Promise<readonly string[] | null> {
  return withObjectSize(paths, async (files, objectSize) => {
    const bindings = new Bindings()
    await session.run('DROP TABLE IF EXISTS lines')
    await session.run(createTable(bindings.bind(files.map(withoutGlob)), objectSize, columns), bindings)
  })
}

/**
 * Runs a reading of those of the files that can be read, and gives them back; null when there are none. Again with
 * larger buffers when a line did not fit, and without a file that vanished meanwhile.
 */
export async function withObjectSize(
  paths: readonly string[],
  read: (files: readonly string[], objectSize: number) => Promise<void>,
): Promise<readonly string[] | null> {
  let files = await readableFiles(paths)
  let sizes = 0
  for (;;) {
    if (files.length === 0) return null
    try {
      await read(files, OBJECT_SIZES[sizes] ?? 0)
      return files
    } catch (error) {
      const message = error instanceof Error ? error.message : ''
      const left = await readableFiles(files)
      if (message.includes('"maximum_object_size"') && sizes + 1 < OBJECT_SIZES.length) sizes += 1
      else if (left.length === files.length) throw error
      files = left
    }
  }
}

/** DuckDB takes `*`, `?` and `[` in a path for a pattern; in brackets they stand for themselves. */
export function withoutGlob(path: string): string {
  return path.replace(/[*?[]/g, '[$&]')
}

function createTable(files: string, objectSize: number, { measures, dimensions }: LineColumns): string {
  const fields = new Map([
    ['id', 'JSON'],
    ['status', 'VARCHAR'],
    ['timestamp_start', 'VARCHAR'],
    ['timestamp_end', 'VARCHAR'],
  ])
  const inner: string[] = []
  const outer: string[] = []
  if (measures) {
    for (const [column, [field, name, valid]] of Object.entries(MEASURED)) {
      inner.push(`${jsonNumber(`${field}.${name}`)} AS ${column}`)
      outer.push(`CASE WHEN state >= ${STATE.success} THEN ${valid(column)} END AS ${column}`)
    }
    for (const field of ['usage', 'timings', 'cost']) {
      const names = Object.values(MEASURED).filter(([of]) => of === field)
      fields.set(field, `STRUCT(${names.map(([, name]) => `${name} JSON`).join(', ')})`)
    }
    fields.set('usage_source', 'VARCHAR').set('writer', 'JSON')
    inner.push('usage_source', `CASE WHEN state = ${STATE.pending} THEN writer::VARCHAR END AS writer`)
    outer.push(
      `state >= ${STATE.success} AND usage_source IN ('tokenizer', 'heuristic') AS estimated`,
      'writer',
    )
  }
  dimensions.forEach((dimension, index) => {
    const { read, value } = dimensionField(dimension)
    fields.set(...read)
    inner.push(`${value} AS ${dimensionColumn(index)}`)
    outer.push(dimensionColumn(index))
  })
  const types = [...fields].map(([field, type]) => `${field}: '${type}'`).join(', ')
  return `
    CREATE TEMP TABLE lines AS
    SELECT file, id, ended, start_ms,
      CASE WHEN start_ms IS NOT NULL AND starts_with(id::VARCHAR, '"') THEN state END AS state,
      ${outer.join(',\n      ')}
    FROM (
      SELECT file_index AS file, id, timestamp_end AS ended, ${instant('timestamp_start')} AS start_ms,
        CASE status
          WHEN 'pending' THEN ${STATE.pending} WHEN 'success' THEN ${STATE.success}
          WHEN 'error' THEN ${STATE.failed} WHEN 'timeout' THEN ${STATE.failed}
        END AS state,
        ${inner.join(',\n        ')}
      FROM read_json(${files}, format = 'newline_delimited', ignore_errors = true,
        maximum_object_size = ${objectSize}, columns = {${types}})
    )`
}
