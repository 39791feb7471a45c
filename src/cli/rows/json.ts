/** Rows as JSON, an object a line, with every number exact. */
import type { QueryColumn, QueryRow, QueryValue } from '../../index.js'
import { terminalJson, terminalRawJson } from '../terminal-text.js'

/** A column of JSON is the value itself, not a string of it. */
export function jsonLine(row: QueryRow, columns: readonly QueryColumn[]): string {
  const fields = columns.map(({ name, type }, index) => {
    const value = row[index] ?? null
    const json = type === 'JSON' && typeof value === 'string' ? terminalRawJson(value) : jsonText(value)
    return `${terminalJson(name)}:${json}`
  })
  return `{${fields.join(',')}}\n`
}

/** NaN and infinity, which JSON has not, as strings; whole numbers with all their digits. */
export function jsonText(value: QueryValue): string {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `"${value}"`
  if (typeof value !== 'object' || value === null) return terminalJson(value)
  if (isList(value)) return `[${value.map(jsonText).join(',')}]`
  const fields = Object.entries(value).map(([name, item]) => `${terminalJson(name)}:${jsonText(item)}`)
  return `{${fields.join(',')}}`
}

function isList(value: object): value is readonly QueryValue[] {
  return Array.isArray(value)
}
