/** What DuckDB says of a statement, as one error for a person: the message, the place, the names that were meant. */
import { invalid, LedgerlineError, shownText } from '../../../errors.js'

interface Said {
  readonly type: string
  readonly message: string
  readonly position: number | undefined
}

/** Of these the statement is the cause; of all others memory, the disk or the engine. */
const OF_THE_SQL =
  /^(?:parser|syntax|binder|catalog|conversion|permission|invalid input|invalid type|mismatch type|out of range|constraint|not implemented|divide by zero|decimal|sequence|missing extension|parameter not (?:resolved|allowed)|expression|invalid configuration|autoload)$/i

/**
 * A ValidationError INVALID_SQL where the SQL is the cause, with line and column when `sql` was run as it is; else
 * LedgerlineError QUERY_FAILED.
 */
export function sqlError(error: unknown, operation: string, sql?: string): Error {
  if (error instanceof LedgerlineError) return error
  const text = error instanceof Error ? error.message : String(error)
  const { type, message, position } = said(text)
  const place = sql === undefined || position === undefined ? '' : placeOf(sql, position, type)
  if (OF_THE_SQL.test(type)) return invalid(operation, 'INVALID_SQL', 'sql', `${oneLine(message)}${place}`)
  return new LedgerlineError('QUERY_FAILED', `the query failed: ${oneLine(message)}`, { operation })
}

/** For what failed before the SQL was run. */
export function readingError(error: unknown, operation: string): Error {
  if (error instanceof LedgerlineError) return error
  const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
  const message = `the log files could not be read for the query: ${reason}`
  return new LedgerlineError('QUERY_FAILED', message, { operation, cause: error })
}

/** Errors are asked for as JSON; a few come as `Binder Error: ...` all the same, or as both. */
function said(text: string): Said {
  const start = text.indexOf('{"exception_type"')
  if (start >= 0) {
    try {
      const { exception_type: type, exception_message: message, position } = JSON.parse(text.slice(start))
      if (typeof type === 'string' && typeof message === 'string') {
        return { type, message, position: position === undefined ? undefined : Number(position) }
      }
    } catch {
      // As text.
    }
  }
  const [, type = '', message = text] = /^([A-Z][A-Za-z ]*?) Error: ([\s\S]*)$/.exec(text) ?? []
  return { type, message, position: undefined }
}

/** Behind an empty line comes advice, of extensions and settings that cannot be had here. */
function oneLine(message: string): string {
  const [first = ''] = message.split('\n\n')
  const [said = ''] = first.split(/\n\s*LINE \d+:/)
  return shownText(said.trim().replace(/\s*\n\s*/g, ' '), 1_000)
}

/** The parser counts characters, all others bytes. */
function placeOf(sql: string, position: number, type: string): string {
  const isParser = /parser|syntax/i.test(type)
  const before = isParser
    ? [...sql].slice(0, position).join('')
    : Buffer.from(sql, 'utf8').subarray(0, position).toString('utf8')
  const lines = before.split('\n')
  return ` (line ${lines.length}, column ${[...(lines.at(-1) ?? '')].length + 1})`
}
