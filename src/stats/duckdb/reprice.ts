/** The costs of a table of entries by other prices than those they were logged with. */
import { Slices } from '../slices.js'
import type { Repricing, RequestToPrice } from '../stats-engine.js'
import { STATE } from './lines.js'
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
    const columns = Array.from({ length: NUMBERS.length + 2 }, (_, column) => piece.doubles(column))
    for (let row = 0; row < piece.rows; row++) {
      if (slices.isOver) await slices.rest()
      const [line = 0, name = 0, startMs = 0, prompt = 0, completion = 0, cacheRead = 0, ...others] =
        columns.map((column) => column[row] ?? 0)
      const [cacheWrite = 0, cacheWrite1h = 0, inputAudio = 0, outputAudio = 0, reasoning = 0] = others
      const named = names[name]
      if (named === undefined) continue
      const usage = {
        prompt,
        completion,
        cacheRead,
        cacheWrite,
        cacheWrite1h,
        inputAudio,
        outputAudio,
        reasoning,
      }
      lines.push(line)
      costs.push(repricing({ ...named, startMs, ...usage }) ?? Number.NaN)
    }
  }
  await session.makeTable('repriced', { line: lines, cost: costs })
  await session.run(`
    UPDATE ${table} SET cost = CASE WHEN isnan(repriced.cost) THEN NULL ELSE repriced.cost END
    FROM repriced WHERE ${table}.rowid = repriced.line`)
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
