/** Rows as CSV by RFC 4180: a header, commas, CRLF. Null is an empty field, an empty text is `""`. */
import type { QueryResult, QueryRow, QueryValue } from '../../index.js'
import { terminalText } from '../terminal-text.js'
import { jsonText } from './json.js'

/** Programs for tables run what begins so as a formula, and text of a prompt may come from anywhere. */
const FORMULA = /^[=+\-@\t\r]/
const QUOTED = /[",\r\n]|^\s|\s$/

export function csvHeader({ columns }: QueryResult, isTerminal: boolean): string {
  return csvLine(
    columns.map(({ name }) => name),
    isTerminal,
  )
}

export function csvLine(row: QueryRow, isTerminal: boolean): string {
  return `${row.map((value) => field(value, isTerminal)).join(',')}\r\n`
}

function field(value: QueryValue, isTerminal: boolean): string {
  if (value === null) return ''
  if (value === '') return '""'
  const text = textOf(value)
  const shown = isTerminal ? terminalText(text) : text
  return QUOTED.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown
}

/** Of text only: a negative number is one. */
function textOf(value: QueryValue): string {
  if (typeof value === 'string') return FORMULA.test(value) ? `'${value}` : value
  return typeof value === 'object' ? jsonText(value) : String(value)
}
