/** Makes the views that a query names, over files that do not change while it runs. */
import { join } from 'node:path'
import type { QueryQuestion } from '../../query-engine.js'
import type { Dimension } from '../../stats-engine.js'
import { conditionDimensions, conditionsSql } from '../conditions.js'
import { loadReadable, summariesAmong } from '../lines.js'
import type { KnownFiles, ReadableFile } from '../readable-files.js'
import { readFiles, withoutGlob } from '../reading.js'
import { Bindings } from '../session.js'
import { literal } from '../sql.js'
import { findWinners } from '../winners.js'
import { writeMessageFile } from './message-file.js'
import { messageLinesView, messagesView } from './message-views.js'
import { REQUEST_FIELDS, requestLinesView, requestsView } from './request-views.js'
import { OWN_SCHEMA, type Sandbox } from './sandbox.js'
import { stillPaths } from './still-copy.js'
import { emptyView, unnamedView, VIEW_NAMES, type ViewName } from './views.js'

const PICKED = `${OWN_SCHEMA}.picked`
const OBJECT_SIZE = 2 << 20

/** `use` gets the paths that the views read. They stay until it has ended. */
export async function makeViews<T>(
  box: Sandbox,
  question: QueryQuestion,
  views: ReadonlySet<ViewName>,
  known: KnownFiles,
  use: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  for (const name of VIEW_NAMES) await box.session.run(views.has(name) ? emptyView(name) : unnamedView(name))
  const paths =
    views.has('messages') || views.has('message_lines') ? await makeMessages(box, question, views) : []
  if (!views.has('llm_requests') && !views.has('llm_request_lines')) return use(paths)
  return question.withSources(async (sources) => {
    const files = sources.flatMap((source) => source.files)
    return withRequests(box, question, await stillPaths(files, box.folder, question.signal), known, (read) =>
      use([...paths, ...read]),
    )
  })
}

async function makeMessages(
  { folder, session }: Sandbox,
  { messages, signal }: QueryQuestion,
  views: ReadonlySet<ViewName>,
): Promise<string[]> {
  const path = join(folder, 'messages.jsonl')
  const longest = await writeMessageFile(path, messages(), signal)
  const objectSize = Math.max(OBJECT_SIZE, longest + 1)
  if (views.has('messages')) await session.run(messagesView(literal(path), objectSize))
  if (views.has('message_lines')) await session.run(messageLinesView(literal(path), objectSize))
  return [path]
}

/** What `use` throws is not taken for a failure to read: the files are not read again for it. */
async function withRequests<T>(
  box: Sandbox,
  question: QueryQuestion,
  paths: readonly string[],
  known: KnownFiles,
  use: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  for (;;) {
    let again = false
    let used: { readonly done: Promise<T> } | undefined
    await readFiles(paths, known, async (files, objectSize) => {
      again = !(await makeRequests(box, question, files, objectSize, known))
      if (again) return
      const done = use(files.flatMap(({ read }, index) => [read, ...patternOf(files, index)]))
      used = { done }
      await done.catch(() => undefined)
    })
    if (used !== undefined) return used.done
    // Without a file the empty views stay.
    if (!again) return use([])
  }
}

/** A path with signs of a pattern is opened by both of its spellings. */
function patternOf(files: readonly ReadableFile[], index: number): string[] {
  const file = files[index]
  if (file === undefined) return []
  const pattern = withoutGlob(file)
  return pattern === file.read ? [] : [pattern]
}

/** False when the files must be read again, as copies without lone surrogates. */
async function makeRequests(
  { session }: Sandbox,
  { conditions }: QueryQuestion,
  files: readonly ReadableFile[],
  objectSize: number,
  known: KnownFiles,
): Promise<boolean> {
  const dimensions = [...new Set<Dimension>(conditionDimensions(conditions))]
  const { source, damaged } = await loadReadable(
    session,
    files,
    objectSize,
    { measures: false, dimensions },
    known,
  )
  if (await known.refuseLoneSurrogates(damaged)) return false
  for (const { identity } of damaged) known.damaged.add(identity)

  const bindings = new Bindings()
  const wanted = conditionsSql(conditions, dimensions, bindings)
  const { condition } = await findWinners(session)
  if (condition !== null) wanted.push(condition)
  await session.run(`DROP TABLE IF EXISTS ${PICKED}`)
  if (wanted.length > 0) {
    await session.run(
      `CREATE TABLE ${PICKED} AS SELECT rowid AS line FROM lines WHERE ${wanted.join(' AND ')}`,
      bindings,
    )
  }
  await session.run('DROP TABLE lines')
  await session.run('DROP TABLE IF EXISTS winners')
  const picked = wanted.length > 0 ? PICKED : null
  const list = `[${files.map((file) => literal(withoutGlob(file))).join(', ')}]`
  const typed = source({ files: list, objectSize, fields: REQUEST_FIELDS })
  await session.run(requestsView(typed, summariesAmong(files), picked))
  const whole = `read_ndjson_objects(${list}, ignore_errors = true, maximum_object_size = ${objectSize})`
  await session.run(requestLinesView(whole, picked))
  return true
}
