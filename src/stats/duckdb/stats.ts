/** A question of getStats to its answer, over the table of lines. */
import type { Writer } from '../../entry/entry.js'
import { isClosedName } from '../../journal/segments.js'
import type { BreakdownRow, Dimension, ModelStats, StatsAnswer, StatsQuestion } from '../stats-engine.js'
import { parseWriter } from '../writer.js'
import { conditionDimensions, conditionsSql } from './conditions.js'
import { groupsOf, isPeriod, offsetSql } from './groups.js'
import { dimensionColumn, loadLines, STATE } from './lines.js'
import { MEASURES_SQL, measuresOf } from './measures.js'
import type { KnownFiles, ReadableFile } from './readable-files.js'
import { reprice } from './reprice.js'
import { Bindings, numberOf, type Session, textOf } from './session.js'
import { findWinners } from './winners.js'

const NOTHING: StatsAnswer = {
  firstMs: null,
  lastMs: null,
  measures: measuresOf({}),
  breakdown: [],
  models: {},
  lines: 0,
  damaged: 0,
}

export async function answerStats(
  session: Session,
  question: StatsQuestion,
  known: KnownFiles,
): Promise<StatsAnswer> {
  const paths = question.sources.flatMap(({ files }) => files)
  const grouped = question.groupBy.filter((group): group is Dimension => !isPeriod(group))
  const dimensions = [...new Set<Dimension>(['model', ...conditionDimensions(question), ...grouped])]
  const prices = question.reprice !== undefined
  const lines = await loadLines(session, paths, { measures: true, dimensions, prices }, known)
  if (lines === null) return NOTHING

  const winners = await findWinners(session)
  const table = await selectEntries(session, winners.condition, question, dimensions)
  if (winners.pending > 0) await markInterrupted(session, table, question.isGone)
  if (question.reprice !== undefined) await reprice(session, table, question.reprice, question.signal)

  const [summary = {}] = await session.rows(
    `SELECT min(start_ms) AS first, max(start_ms) AS last, count(*) AS entries, ${MEASURES_SQL} FROM ${table}`,
  )
  const counted = numberOf(summary.entries) > 0
  return {
    firstMs: counted ? numberOf(summary.first) : null,
    lastMs: counted ? numberOf(summary.last) : null,
    measures: measuresOf(summary),
    breakdown: await breakdownOf(session, table, question, dimensions),
    models: await modelsOf(session, table, dimensions),
    lines: winners.entries - (await countAgain(session, lines.files)),
    damaged: await countDamage(lines.damaged, known),
  }
}

/** Entries that were read twice: a segment that was closed while the files were listed may be there under two names. */
async function countAgain(session: Session, files: readonly ReadableFile[]): Promise<number> {
  const seen = new Set<string>()
  const again = files.flatMap(({ identity }, file) => (seen.size < seen.add(identity).size ? [] : [file]))
  if (again.length === 0) return 0
  const [counted] = await session.rows(
    `SELECT count(state) AS entries FROM lines WHERE file IN (${again.join(', ')})`,
  )
  return numberOf(counted?.entries)
}

/** Of a file that is there under two names once, as a closed one if it is. */
async function countDamage(files: readonly ReadableFile[], known: KnownFiles): Promise<number> {
  const paths = new Map<string, string>()
  for (const { identity, path } of files)
    if (!paths.has(identity) || isClosedName(path)) paths.set(identity, path)
  return (await known.damage.find([...paths.values()])).length
}

/** The table of what counts: `lines` itself when that is all of them. */
async function selectEntries(
  session: Session,
  winners: string | null,
  question: StatsQuestion,
  dimensions: readonly Dimension[],
): Promise<string> {
  const bindings = new Bindings()
  const conditions = conditionsSql(question, dimensions, bindings)
  if (winners !== null) conditions.unshift(winners)
  if (conditions.length === 0) return 'lines'
  await session.run(
    `CREATE TEMP TABLE entries AS SELECT * FROM lines WHERE ${conditions.join(' AND ')}`,
    bindings,
  )
  return 'entries'
}

/** Pending entries whose process is gone. There are few processes, so each is asked about once. */
async function markInterrupted(
  session: Session,
  table: string,
  isGone: (writer: Writer) => boolean,
): Promise<void> {
  const rows = await session.rows(
    `SELECT DISTINCT writer FROM ${table} WHERE state = ${STATE.pending} AND writer IS NOT NULL`,
  )
  const gone = rows.flatMap(({ writer }) => {
    const text = textOf(writer)
    const parsed = text === null ? undefined : parseWriter(text)
    return text !== null && parsed !== undefined && isGone(parsed) ? [text] : []
  })
  if (gone.length === 0) return
  const bindings = new Bindings()
  await session.run(
    `UPDATE ${table} SET state = ${STATE.interrupted}
     WHERE state = ${STATE.pending} AND writer IN (SELECT unnest(${bindings.bind(gone)}))`,
    bindings,
  )
}

async function breakdownOf(
  session: Session,
  table: string,
  question: StatsQuestion,
  dimensions: readonly Dimension[],
): Promise<BreakdownRow[]> {
  const { groupBy, timezone, weekStart } = question
  if (groupBy.length === 0) return []
  const groups = groupsOf(groupBy, dimensions, weekStart)
  const keys = groups.flatMap((group) => group.keys)
  const offset = groupBy.some(isPeriod) ? await offsetSql(session, table, timezone) : '0'
  const tags = groupBy.includes('tag')
    ? `, ${unnestedTags(dimensionColumn(dimensions.indexOf('tag')))} AS tag`
    : ''
  const rows = await session.rows(`
    SELECT ${keys.map(({ alias, sql }) => `${sql} AS ${alias}`).join(', ')}, ${MEASURES_SQL}
    FROM (SELECT *, (${offset})::BIGINT AS offset_ms ${tags} FROM ${table})
    GROUP BY ${keys.map(({ sql }) => sql).join(', ')}
    ORDER BY ${keys.map(({ alias }) => `${alias} NULLS LAST`).join(', ')}`)
  return rows.map((row) => {
    const measures = measuresOf(row)
    // Spreading objects of unknown keys costs V8 ten times as much.
    return Object.assign(
      Object.fromEntries<string | null>(groups.map((group) => [group.name, group.label(row)])),
      measures,
      { requests: measures.totalRequests, tokens: measures.totalTokens },
    )
  })
}

/** An entry is in the group of each of its tags; without any it is in the group null. */
function unnestedTags(column: string): string {
  return `unnest(CASE WHEN len(${column}) > 0 THEN ${column} ELSE [NULL] END)`
}

async function modelsOf(
  session: Session,
  table: string,
  dimensions: readonly Dimension[],
): Promise<Record<string, ModelStats>> {
  const model = dimensionColumn(dimensions.indexOf('model'))
  const rows = await session.rows(`
    SELECT ${model} AS model, ${MEASURES_SQL} FROM ${table}
    WHERE ${model} IS NOT NULL GROUP BY ${model} ORDER BY ${model}`)
  // Not by assignment: a model may be named `__proto__`.
  return Object.fromEntries(
    rows.map((row): [string, ModelStats] => {
      const measures = measuresOf(row)
      return [
        textOf(row.model) ?? '',
        {
          ...measures,
          requests: measures.totalRequests,
          tokens: measures.totalTokens,
          cost: measures.estimatedCost,
        },
      ]
    }),
  )
}
