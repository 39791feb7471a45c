/** SQL over the files: each query in a database of its own, which is locked before the SQL is run. */
import { StateError } from '../../../errors.js'
import { cancelled } from '../../cancelled.js'
import type { QueryColumn, QueryEngine, QueryQuestion, QueryResult } from '../../query-engine.js'
import { KnownFiles } from '../readable-files.js'
import { numberOf, textOf } from '../session.js'
import { literal } from '../sql.js'
import type { Turnstile } from '../turnstile.js'
import { checkStatement } from './check-statement.js'
import { makeViews } from './make-views.js'
import { OWN_SCHEMA, Sandbox } from './sandbox.js'
import { readingError, sqlError } from './sql-error.js'
import { TableResult } from './table-result.js'

const ROWS = `${OWN_SCHEMA}.rows`
const INTERRUPT_MS = 50

/** Queries take their turns with the questions of the stats. DuckDB is loaded at the first one. */
export function createQueryEngine(turnstile: Turnstile): QueryEngine {
  const known = new KnownFiles()
  const open = new Set<QueryResult>()
  let closed = false

  /** The views are made and locked, and the files held, while `use` runs; the result is computed in it. */
  async function compute<T>(
    operation: string,
    question: QueryQuestion,
    path: string | undefined,
    use: (box: Sandbox) => Promise<T>,
  ): Promise<{ box: Sandbox; made: T }> {
    const { sql, signal } = question
    return turnstile.pass(async () => {
      if (closed) throw new StateError('LEDGER_CLOSED', 'The ledger is closed', { operation })
      if (signal.aborted) throw cancelled(operation, signal)
      const views = await checkStatement(sql)
      const box = await Sandbox.open()
      let isAsked = false
      let interrupts: NodeJS.Timeout | undefined
      const interrupt = (): void => {
        // Again and again: between two statements there is nothing to interrupt.
        interrupts = setInterval(() => box.connection.interrupt(), INTERRUPT_MS)
        box.connection.interrupt()
      }
      signal.addEventListener('abort', interrupt)
      try {
        const made = await makeViews(box, question, views, known, async (paths) => {
          signal.throwIfAborted()
          await box.lock(path === undefined ? paths : [...paths, path])
          isAsked = true
          return use(box)
        })
        return { box, made }
      } catch (error) {
        clearInterval(interrupts)
        await box[Symbol.asyncDispose]()
        if (signal.aborted) throw cancelled(operation, signal)
        throw isAsked ? sqlError(error, operation) : readingError(error, operation)
      } finally {
        clearInterval(interrupts)
        signal.removeEventListener('abort', interrupt)
      }
    })
  }

  return {
    async query(question) {
      const { box, made } = await compute('query', question, undefined, (box) => computeTable(box, question))
      if (question.signal.aborted) {
        await box[Symbol.asyncDispose]()
        throw cancelled('query', question.signal)
      }
      const result: QueryResult = new TableResult(box, made, question.signal, () => open.delete(result))
      open.add(result)
      return result
    },
    async writeParquet(question, path) {
      const { box, made } = await compute('writeParquet', question, path, async (box) => {
        const copied = await box.connection.run(
          `COPY (FROM ${selectable(question.sql)}${limitSql(question.limit)}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
        )
        const [[count] = []] = await copied.getRows()
        return numberOf(count)
      })
      await box[Symbol.asyncDispose]()
      return made
    },
    async close() {
      closed = true
      await Promise.all([...open].map((result) => result.close()))
    },
  }
}

/** Computed whole before the first row is given: a stream of the query itself would end at an error as if it were the end. */
async function computeTable(
  box: Sandbox,
  { sql, limit }: QueryQuestion,
): Promise<{ name: string; columns: QueryColumn[]; rowCount: number }> {
  const { connection, session } = box
  await connection.run(`CREATE TABLE ${ROWS} AS FROM ${selectable(sql)}${limitSql(limit)}`)
  const columns = (await session.rows(`DESCRIBE ${ROWS}`)).map((row) => ({
    name: textOf(row.column_name) ?? '',
    type: textOf(row.column_type) ?? '',
  }))
  const [counted] = await session.rows(`SELECT count(*) AS count FROM ${ROWS}`)
  return { name: ROWS, columns, rowCount: numberOf(counted?.count) }
}

function limitSql(limit: number | undefined): string {
  return limit === undefined ? '' : ` LIMIT ${limit}`
}

/** Something to select from. The text is parsed by itself, so nothing in it can end the statement around it. */
function selectable(sql: string): string {
  return `query(${literal(sql)})`
}
