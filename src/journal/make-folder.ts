/** A folder and those above it. */
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * As mkdir with `recursive`, for the owner only; that one never returns on file systems which answer ENOENT to every
 * mkdir, such as /proc. Throws what the file system throws, also when something else has the name.
 */
export function makeFolder(path: string): void {
  // Mostly it is there, and an error that is thrown costs more than a look.
  if (isFolder(path)) return
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST' && isFolder(path)) return
    if (code !== 'ENOENT' || isFolder(dirname(path))) throw error
    makeFolder(dirname(path))
    makeFolder(path)
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
