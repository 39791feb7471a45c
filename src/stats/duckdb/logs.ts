/** A page of entries, as the text of their lines. What is known by a summary only has none. */
import type { Dimension, LogQuestion } from '../stats-engine.js'
import { conditionDimensions, conditionsSql } from './conditions.js'
import { loadLines } from './lines.js'
import type { KnownFiles, ReadableFile } from './readable-files.js'
import { readFiles, withoutGlob } from './reading.js'
import { Bindings, numberOf, type Session, textOf } from './session.js'
import { findWinners } from './winners.js'

/** Where a line is: `place` counts the lines of its file that are not blank, from 0. */
interface Found {
  readonly id: string
  readonly path: string
  readonly place: number
}

/**
 * First which lines, from the few typed columns; then their text, from those files only that hold one. Files only
 * grow, so a place found once stays right.
 */
export async function answerLogs(
  session: Session,
  question: LogQuestion,
  known: KnownFiles,
): Promise<string[]> {
  const paths = question.sources.flatMap(({ files }) => files)
  const dimensions = [...new Set<Dimension>(conditionDimensions(question))]
  const lines = await loadLines(session, paths, { measures: false, dimensions }, known)
  if (lines === null) return []
  const { condition } = await findWinners(session)
  const page = await findPage(session, question, dimensions, condition, lines.files)
  const texts = new Map<string, ReadonlyMap<number, string>>()
  for (const path of new Set(page.map((found) => found.path))) {
    texts.set(
      path,
      await readTexts(
        session,
        known,
        path,
        page.filter((found) => found.path === path),
      ),
    )
  }
  return page.flatMap(({ path, place }) => texts.get(path)?.get(place) ?? [])
}

async function findPage(
  session: Session,
  question: LogQuestion,
  dimensions: readonly Dimension[],
  winners: string | null,
  files: readonly ReadableFile[],
): Promise<Found[]> {
  const { id, before, limit } = question
  const bindings = new Bindings()
  const conditions = conditionsSql(question, dimensions, bindings)
  if (winners !== null) conditions.push(winners)
  conditions.push('NOT summarized')
  const asked: string[] = []
  if (id !== undefined) asked.push(`name = ${bindings.bind(id)}`)
  if (before !== undefined) {
    const ms = bindings.bind(before.ms)
    asked.push(`(start_ms < ${ms} OR (start_ms = ${ms} AND name < ${bindings.bind(before.id)}))`)
  }
  const rows = await session.rows(
    `SELECT file, line, name
     FROM (SELECT file, rowid AS line, start_ms, json_extract_string(id, '$') AS name FROM lines ${whereSql(conditions)})
     ${whereSql(asked)}
     ORDER BY start_ms DESC, name DESC LIMIT ${Math.trunc(limit)}`,
    bindings,
  )
  const starts = await session.rows('SELECT file, min(rowid) AS line FROM lines GROUP BY file')
  const startOf = new Map(starts.map(({ file, line }) => [numberOf(file), numberOf(line)]))
  return rows.map(({ file, line, name }) => ({
    id: textOf(name) ?? '',
    path: files[numberOf(file)]?.path ?? '',
    place: numberOf(line) - (startOf.get(numberOf(file)) ?? 0),
  }))
}

function whereSql(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
}

/** Place -> text, for the lines found in one file. */
async function readTexts(
  session: Session,
  known: KnownFiles,
  path: string,
  page: readonly Found[],
): Promise<Map<number, string>> {
  const texts = new Map<number, string>()
  const idAt = new Map(page.map(({ place, id }) => [place, id]))
  await readFiles([path], known, async (files, objectSize) => {
    const bindings = new Bindings()
    const rows = await session.rows(
      `SELECT place, json::VARCHAR AS text, json_extract_string(json, '$.id') AS name
       FROM (
         SELECT row_number() OVER () - 1 AS place, json
         FROM read_ndjson_objects(${bindings.bind(files.map(withoutGlob))}, ignore_errors = true, maximum_object_size = ${objectSize})
       )
       WHERE place IN (${[...idAt.keys()].join(', ')})`,
      bindings,
    )
    for (const row of rows) {
      const place = numberOf(row.place)
      if (row.name !== idAt.get(place)) throw new Error(`${path} was changed while it was read`)
      texts.set(place, textOf(row.text) ?? '')
    }
  })
  return texts
}
