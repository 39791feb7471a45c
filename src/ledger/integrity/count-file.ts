/** The text of a file of counts. */
import type { Writer } from '../../entry/entry.js'
import { isObject } from '../../entry/own-fields.js'
import { type Counts, CountTable } from './counts.js'

export interface CountFile {
  /** Who writes the file; none where the counts of several that are gone were folded into one. */
  readonly writer?: Writer | undefined
  /** Its ledger was closed: the file does not change any more. */
  readonly closed?: boolean
  /** Names of files whose counts are in this one: they do not count. */
  readonly folded?: readonly string[]
  readonly counts: CountTable
}

export function countFileText({ writer, closed, folded, counts }: CountFile): string {
  const rows = [...counts].map(([project_id, row]) => ({ project_id, ...row }))
  return `${JSON.stringify({ writer, closed, folded, counts: rows })}\n`
}

/** Undefined when it is no file of counts. */
export function parseCountFile(text: string): CountFile | undefined {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(file) || !Array.isArray(file.counts)) return undefined
  const { folded = [] } = file
  if (!Array.isArray(folded) || !folded.every((name) => typeof name === 'string')) return undefined
  const counts = new CountTable()
  for (const row of file.counts) {
    if (!isRow(row)) return undefined
    counts.add(row.project_id, row)
  }
  const writer = isWriter(file.writer) ? file.writer : undefined
  return { writer, closed: file.closed === true, folded, counts }
}

function isRow(row: unknown): row is Counts & { project_id: string | null } {
  if (!isObject(row)) return false
  const { project_id, rejected, dropped, recovered } = row
  if (project_id !== null && typeof project_id !== 'string') return false
  return [rejected, dropped, recovered].every((count) => Number.isSafeInteger(count) && Number(count) >= 0)
}

function isWriter(value: unknown): value is Writer {
  if (!isObject(value)) return false
  const { host, pid, started } = value
  return typeof host === 'string' && typeof pid === 'number' && typeof started === 'string'
}
