/** The lines of the files as one table of typed rows, with only the columns a question needs. */
import { isSummary } from '../../journal/segments.js'
import type { Dimension } from '../stats-engine.js'
import { dimensionField } from './dimensions.js'
import type { KnownFiles, ReadableFile } from './readable-files.js'
import { readFiles, withoutGlob } from './reading.js'
import { Bindings, numberOf, type Session } from './session.js'
import { carefulSource, type FieldType, fastSource, type Source } from './source.js'
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

/** The same that only a price is computed from. */
const PRICED = {
  cache_write_1h: ['usage', 'cache_write_1h_tokens', wholeNumber],
  input_audio: ['usage', 'input_audio_tokens', wholeNumber],
  output_audio: ['usage', 'output_audio_tokens', wholeNumber],
} as const

/** Column -> what a price depends on beside numbers; null where an entry has none. */
const PRICED_BY = {
  by_model: 'model',
  by_provider: 'provider',
  by_answer: 'response_model',
  by_tier: 'params.service_tier',
  cost_source: 'cost.source',
} as const

export interface LineColumns {
  /** Columns of MEASURED, `estimated` and `writer`. */
  readonly measures: boolean
  readonly dimensions: readonly Dimension[]
  /** Columns of PRICED and PRICED_BY; with `measures`. */
  readonly prices?: boolean
  /** Numbers of any entry whatever they are, and tags with their repetitions: for who checks them faster. */
  readonly unchecked?: boolean
}

/** Where the n-th of the dimensions is. */
export function dimensionColumn(index: number): string {
  return `d${index}`
}

export interface Lines {
  /** By index, as in the column `file`. */
  readonly files: readonly ReadableFile[]
  /** Those of the files that hold lines which are no entries. */
  readonly damaged: readonly ReadableFile[]
}

/** What is done with the typed lines of files. */
export interface LineSink {
  /** Takes the rows of the statement; what it took before is void. */
  take(select: string, bindings: Bindings): Promise<void>
  /** Indexes of the files of which it took lines that are no entries. */
  damaged(): Promise<readonly number[]>
}

/**
 * Makes the temporary table `lines`: `file` (index), `id` (JSON text), `state`, `start_ms`, `ended`, `summarized`, and
 * the columns asked for. Its rowid is the order of reading. Blank lines are left out, damaged ones have no state. Files
 * that are absent or empty have no lines; null when there are none at all.
 */
export function loadLines(
  session: Session,
  paths: readonly string[],
  columns: LineColumns,
  known: KnownFiles,
): Promise<Lines | null> {
  return readTyped(paths, columns, known, tableSink(session))
}

function tableSink(session: Session): LineSink {
  return {
    async take(select, bindings) {
      await session.run(`CREATE OR REPLACE TEMP TABLE lines AS ${select}`, bindings)
    },
    async damaged() {
      const rows = await session.rows('SELECT DISTINCT file FROM lines WHERE state IS NULL ORDER BY file')
      return rows.map(({ file }) => numberOf(file))
    },
  }
}

/**
 * Gives the lines of the files to the sink, in the order of reading, with the columns that loadLines names. Files of which
 * `known` says that they are damaged are read carefully at once; it is added to.
 */
export async function readTyped(
  paths: readonly string[],
  columns: LineColumns,
  known: KnownFiles,
  sink: LineSink,
): Promise<Lines | null> {
  let damaged: readonly ReadableFile[] = []
  const files = await readFiles(paths, known, async (readable, objectSize) => {
    damaged = (await readInto(sink, readable, objectSize, columns, known)).damaged
  })
  if (files === null) return null
  if (await known.refuseLoneSurrogates(damaged)) return readTyped(paths, columns, known, sink)
  for (const { identity } of damaged) known.damaged.add(identity)
  return { files, damaged }
}

/** The same of files that are there and can be read; `source` is how they had to be. */
export function loadReadable(
  session: Session,
  readable: readonly ReadableFile[],
  objectSize: number,
  columns: LineColumns,
  known: KnownFiles,
): Promise<{ source: (source: Source) => string; damaged: readonly ReadableFile[] }> {
  return readInto(tableSink(session), readable, objectSize, columns, known)
}

async function readInto(
  sink: LineSink,
  readable: readonly ReadableFile[],
  objectSize: number,
  columns: LineColumns,
  known: KnownFiles,
): Promise<{ source: (source: Source) => string; damaged: readonly ReadableFile[] }> {
  let damaged: readonly ReadableFile[] = []
  const summaries = summariesAmong(readable)
  const take = async (from: (source: Source) => string): Promise<void> => {
    const bindings = new Bindings()
    const source = { files: bindings.bind(readable.map(withoutGlob)), objectSize }
    await sink.take(selectLines(from, source, summaries, columns), bindings)
    damaged = (await sink.damaged()).flatMap((file) => readable[file] ?? [])
  }
  if (!readable.some(({ identity }) => known.damaged.has(identity))) {
    const isIntact = await take(fastSource).then(
      () => damaged.length === 0,
      (error: unknown) => {
        if (error instanceof Error && error.message.includes('Malformed JSON')) return false
        throw error
      },
    )
    if (isIntact) return { source: fastSource, damaged }
  }
  await take(carefulSource)
  return { source: carefulSource, damaged }
}

/** Places of the summaries. Not by the field of that name: a caller may have logged it. */
export function summariesAmong(files: readonly ReadableFile[]): number[] {
  return files.flatMap(({ path }, index) => (isSummary(path) ? [index] : []))
}

function selectLines(
  from: (source: Source) => string,
  source: Omit<Source, 'fields'>,
  summaries: readonly number[],
  { measures, dimensions, prices = false, unchecked = false }: LineColumns,
): string {
  const fields = new Map<string, FieldType>([
    ['id', 'JSON'],
    ['status', 'VARCHAR'],
    ['timestamp_start', 'VARCHAR'],
    ['timestamp_end', 'VARCHAR'],
  ])
  const inner = [
    'file_index AS file',
    'id',
    'timestamp_end AS ended',
    `${summaries.length > 0 ? `file_index IN (${summaries.join(', ')})` : 'false'} AS summarized`,
    `${instant('timestamp_start')} AS start_ms`,
    `CASE status
      WHEN 'pending' THEN ${STATE.pending} WHEN 'success' THEN ${STATE.success}
      WHEN 'error' THEN ${STATE.failed} WHEN 'timeout' THEN ${STATE.failed}
    END AS state`,
  ]
  const outer = [
    'file',
    'id',
    'ended',
    'summarized',
    'start_ms',
    `CASE WHEN start_ms IS NOT NULL AND starts_with(id::VARCHAR, '"') THEN state END AS state`,
  ]
  if (measures) {
    const measured = prices ? { ...MEASURED, ...PRICED } : MEASURED
    for (const [column, [field, name, valid]] of Object.entries(measured)) {
      inner.push(`${jsonNumber(`${field}.${name}`)} AS ${column}`)
      outer.push(
        unchecked ? column : `CASE WHEN state >= ${STATE.success} THEN ${valid(column)} END AS ${column}`,
      )
    }
    for (const field of ['usage', 'timings', 'cost']) {
      const names = Object.values(measured).filter(([of]) => of === field)
      fields.set(field, Object.fromEntries(names.map(([, name]) => [name, 'JSON'] as const)))
    }
    if (prices) {
      fields.set('cost', { amount: 'JSON', source: 'VARCHAR' }).set('params', { service_tier: 'VARCHAR' })
      fields.set('model', 'VARCHAR').set('provider', 'VARCHAR').set('response_model', 'VARCHAR')
      inner.push(...Object.entries(PRICED_BY).map(([column, value]) => `${value} AS ${column}`))
      outer.push(...Object.keys(PRICED_BY))
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
    const isWhole = unchecked && dimension === 'tag'
    inner.push(`${isWhole ? read[0] : value} AS ${dimensionColumn(index)}`)
    outer.push(dimensionColumn(index))
  })
  return `
    SELECT ${outer.join(', ')}
    FROM (SELECT ${inner.join(', ')} FROM ${from({ ...source, fields })})`
}
