/** The views by name, and what stands for one that is not made. */
import type { Column } from './column.js'
import { MESSAGE_COLUMNS } from './message-views.js'
import { REQUEST_COLUMNS } from './request-views.js'

const LINE: readonly Column[] = [{ name: 'line', type: 'JSON', sql: 'line' }]

export const VIEWS = {
  llm_requests: REQUEST_COLUMNS,
  llm_request_lines: LINE,
  messages: MESSAGE_COLUMNS,
  message_lines: LINE,
} as const

export type ViewName = keyof typeof VIEWS
export const VIEW_NAMES: readonly ViewName[] = [
  'llm_requests',
  'llm_request_lines',
  'messages',
  'message_lines',
]

/** The columns, and no rows. */
export function emptyView(name: ViewName): string {
  return nothing(name, 'false')
}

/** For a view that the SQL does not name, and so was not made: it can be described, and reading it is an error. */
export function unnamedView(name: ViewName): string {
  return nothing(name, `error('Name the view ${name} in the SQL itself')`)
}

function nothing(name: ViewName, condition: string): string {
  const columns = VIEWS[name].map((column) => `NULL::${column.type} AS ${column.name}`)
  return `CREATE OR REPLACE TEMP VIEW ${name} AS SELECT ${columns.join(', ')} WHERE ${condition}`
}
