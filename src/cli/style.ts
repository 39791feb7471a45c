/** Colors, tables and numbers for people. */
import Table from 'cli-table3'
import picocolors from 'picocolors'
import { terminalText } from './terminal-text.js'

/** Only on a terminal, and not where NO_COLOR is set to anything. */
export const colors = picocolors.createColors(process.stdout.isTTY === true && !process.env.NO_COLOR)

const integers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const dollars = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 2,
  maximumFractionDigits: 6,
})
const percents = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 })

export const count = (value: number): string => integers.format(value)
export const usd = (value: number): string => dollars.format(value)
/** Nothing is known of the cost where it is 0 and there are requests without a price. */
export const usdOrUnpriced = (value: number, unpricedRequests: number): string =>
  value === 0 && unpricedRequests > 0 ? 'unpriced' : usd(value)
export const percent = (value: number): string => percents.format(value)
export const milliseconds = (value: number): string => `${integers.format(value)} ms`

export interface Column<Row> {
  readonly title: string
  readonly align?: 'left' | 'right'
  readonly cell: (row: Row) => string
}

/** Rows under titles. Titles and cells are escaped here. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const result = new Table({
    head: columns.map(({ title }) => colors.bold(terminalText(title))),
    colAligns: columns.map(({ align = 'left' }) => align),
    // The table's own colors do not know NO_COLOR.
    style: { head: [], border: [], compact: true },
  })
  result.push(...rows.map((row) => columns.map(({ cell }) => terminalText(cell(row)))))
  return result.toString()
}
