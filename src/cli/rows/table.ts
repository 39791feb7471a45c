/** Rows for people: as many as one looks at, long cells cut. */
import type { QueryColumn, QueryRow, QueryValue } from '../../index.js'
import { table } from '../style.js'
import { jsonText } from './json.js'

const MAX_CELL = 200
const NUMBER = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|UINTEGER|FLOAT|DOUBLE|DECIMAL\b.*)$/

export function rowsTable(rows: readonly QueryRow[], columns: readonly QueryColumn[]): string {
  return table(
    rows,
    columns.map(({ name, type }, index) => ({
      title: name,
      align: NUMBER.test(type) ? ('right' as const) : ('left' as const),
      cell: (row: QueryRow) => cell(row[index] ?? null),
    })),
  )
}

function cell(value: QueryValue): string {
  if (value === null) return '-'
  const text = typeof value === 'object' ? jsonText(value) : String(value)
  const characters = [...text.slice(0, 2 * MAX_CELL)]
  return characters.length > MAX_CELL ? `${characters.slice(0, MAX_CELL - 1).join('')}…` : text
}
