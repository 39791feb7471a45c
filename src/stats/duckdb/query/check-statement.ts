/** Whether the SQL is one SELECT, and makes sense over the views, before a file is read. */
import { invalid } from '../../../errors.js'
import { Bindings, textOf } from '../session.js'
import { Sandbox } from './sandbox.js'
import { sqlError } from './sql-error.js'
import { emptyView, VIEW_NAMES, type ViewName } from './views.js'

const OPERATION = 'query'
const MAX_CHARACTERS = 100_000

/**
 * The views that it may read: those whose name is anywhere in its text. Throws ValidationError INVALID_SQL.
 */
export async function checkStatement(sql: string): Promise<ReadonlySet<ViewName>> {
  if (typeof sql !== 'string') throw refuse('is no text')
  if (sql.length > MAX_CHARACTERS) throw refuse(`has more than ${MAX_CHARACTERS} characters`)
  if (sql.includes('\0')) throw refuse('holds a NUL')
  await using box = await Sandbox.open()
  await parse(box, sql)
  for (const name of VIEW_NAMES) await box.session.run(emptyView(name))
  await box.lock([])
  try {
    const statements = await box.connection.extractStatements(sql)
    const prepared = statements.count === 1 ? await statements.prepare(0) : undefined
    if (prepared === undefined) throw refuse('is more than one statement')
    const isSelect = prepared.statementType === box.duckdb.StatementType.SELECT
    const parameters = prepared.parameterCount
    prepared.destroySync()
    if (!isSelect) throw notSelect()
    if (parameters > 0) throw refuse('holds placeholders; write the values into the SQL')
  } catch (error) {
    throw sqlError(error, OPERATION, sql)
  }
  return new Set(VIEW_NAMES.filter((name) => new RegExp(`\\b${name}\\b`, 'i').test(sql)))
}

/** The parser's own opinion, of the text alone: nothing is looked up. */
async function parse(box: Sandbox, sql: string): Promise<void> {
  const bindings = new Bindings()
  const [row] = await box.session.rows(
    `SELECT json_serialize_sql(${bindings.bind(sql)}::VARCHAR) AS tree`,
    bindings,
  )
  const tree = JSON.parse(textOf(row?.tree) ?? '{}')
  if (tree.error === true) {
    if (tree.error_type === 'not implemented') throw notSelect()
    const said = {
      exception_type: tree.error_type,
      exception_message: tree.error_message,
      position: tree.position,
    }
    throw sqlError(new Error(JSON.stringify(said)), OPERATION, sql)
  }
  if (tree.statements?.length === 0) throw refuse('holds no statement')
  if (tree.statements?.length !== 1) throw refuse('is more than one statement')
}

function notSelect(): Error {
  return refuse('is no SELECT: SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE and SHOW can be asked')
}

function refuse(message: string): Error {
  return invalid(OPERATION, 'INVALID_SQL', 'sql', message)
}
