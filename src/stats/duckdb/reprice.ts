/** The costs of a table of entries by other prices than those they were logged with. */
import { Slices } from '../../slices.js'
import type { Repricing, RequestToPrice } from '../stats-engine.js'
import { STATE } from './lines.js'
import type { Piece } from './piece.js'
import { type Row, type Session, textOf } from './session.js'

/** Finished entries with usage, unless the provider said what it charged. */
const REPRICED = `state >= ${STATE.success} AND (prompt IS NOT NULL OR completion IS NOT NULL)
  AND (cost_source IS DISTINCT FROM 'provider' OR cost IS NULL)`

const NAMES = ['by_model', 'by_provider', 'by_answer', 'by_tier'] as const
const NUMBERS = [
  'start_ms',
  'prompt',
  'completion',
  'cache_read',
  'cache_write',
  'cache_write_1h',
  'input_audio',
  'output_audio',
  'reasoning',
] as const

type Named = Pick<RequestToPrice, 'model' | 'provider' | 'responseModel' | 'serviceTier'>

const NOBODY: Named = { model: '', provider: undefined, responseModel: undefined, serviceTier: undefined }

/** Replaces the column `cost`. `table` has the columns of loadLines with `prices`. */
export async function reprice(
  session: Session,
  table: string,
  repricing: Repricing,
  signal: AbortSignal | undefined,
): Promise<void> {
  const names = await distinctNames(session, table)
  if (names.length === 0) return
  const slices = new Slices(signal)
  const lines: number[] = []
  const costs: number[] = []
  const same = NAMES.map((name) => `names.${name} IS NOT DISTINCT FROM entries.${name}`)
  const numbers = NUMBERS.map((column) => `coalesce(${column}, 0)::DOUBLE`)
  const rows = `
    SELECT entries.rowid::DOUBLE, names.rowid::DOUBLE, ${numbers.join(', ')}
    FROM ${table} AS entries JOIN names ON ${same.join(' AND ')} WHERE ${REPRICED}`
  for await (const piece of session.pieces(rows)) {
    const requests = new RequestsOfPiece(piece, names)
    for (let row = 0; row < piece.rows; row++) {
      if (slices.isOver) await slices.rest()
      lines.push(requests.lineOf(row))
      costs.push(repricing(requests.requestOf(row)) ?? Number.NaN)
    }
  }
  await session.makeTable('repriced', { line: lines, cost: costs })
  await session.run(`
    UPDATE ${table} SET cost = CASE WHEN isnan(repriced.cost) THEN NULL ELSE repriced.cost END
    FROM repriced WHERE ${table}.rowid = repriced.line`)
}

/** Column by column: lists of the values of a row cost more than all of the pricing. */
class RequestsOfPiece {
  readonly #names: readonly Named[]
  readonly #lines: Float64Array
  readonly #nameOf: Float64Array
  readonly #numbers: Readonly<Record<(typeof NUMBERS)[number], Float64Array>>

  constructor(piece: Piece, names: readonly Named[]) {
    const number = (name: (typeof NUMBERS)[number]): Float64Array => piece.doubles(2 + NUMBERS.indexOf(name))
    this.#names = names
    this.#lines = piece.doubles(0)
    this.#nameOf = piece.doubles(1)
    this.#numbers = {
      start_ms: number('start_ms'),
      prompt: number('prompt'),
      completion: number('completion'),
      cache_read: number('cache_read'),
      cache_write: number('cache_write'),
      cache_write_1h: number('cache_write_1h'),
      input_audio: number('input_audio'),
      output_audio: number('output_audio'),
      reasoning: number('reasoning'),
    }
  }

  lineOf(row: number): number {
    return this.#lines[row] ?? 0
  }

  requestOf(row: number): RequestToPrice {
    const named = this.#names[this.#nameOf[row] ?? 0] ?? NOBODY
    const numbers = this.#numbers
    return {
      model: named.model,
      provider: named.provider,
      responseModel: named.responseModel,
      serviceTier: named.serviceTier,
      startMs: numbers.start_ms[row] ?? 0,
      prompt: numbers.prompt[row] ?? 0,
      completion: numbers.completion[row] ?? 0,
      cacheRead: numbers.cache_read[row] ?? 0,
      cacheWrite: numbers.cache_write[row] ?? 0,
      cacheWrite1h: numbers.cache_write_1h[row] ?? 0,
      inputAudio: numbers.input_audio[row] ?? 0,
      outputAudio: numbers.output_audio[row] ?? 0,
      reasoning: numbers.reasoning[row] ?? 0,
    }
  }
}

/** Makes the table `names`, of which the rowid is the place in the list. There are few, and texts are read slowly. */
async function distinctNames(session: Session, table: string): Promise<Named[]> {
  const columns = NAMES.join(', ')
  await session.run(
    `CREATE TEMP TABLE names AS SELECT DISTINCT ${columns} FROM ${table} WHERE ${REPRICED} ORDER BY ${columns}`,
  )
  return (await session.rows(`SELECT ${columns} FROM names ORDER BY rowid`)).map(namedOf)
}

function namedOf(row: Row): Named {
  return {
    model: textOf(row.by_model) ?? '',
    provider: textOf(row.by_provider) ?? undefined,
    responseModel: textOf(row.by_answer) ?? undefined,
    serviceTier: textOf(row.by_tier) ?? undefined,
  }
}
