/** The renaming that closes a file. */
import { lstatSync, renameSync } from 'node:fs'

/** Renames an active file that nobody writes; undefined when there is nothing to close. */
export function moveAside(path: string, closedPath: () => string): string | undefined {
  if (!isRotatable(path)) return undefined
  const closed = closedPath()
  if (lstatSync(closed, { throwIfNoEntry: false }) !== undefined) throw new Error(`${closed} exists`)
  renameSync(path, closed)
  return closed
}

export function isRotatable(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat?.isFile() === true && stat.size > 0
}
