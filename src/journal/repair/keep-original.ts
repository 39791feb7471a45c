/** What a repair replaces stays byte by byte, in `logs/damaged/<name>.<n>`. */
import { closeSync, constants, copyFileSync, fsyncSync, linkSync, lstatSync, openSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { makeFolder } from '../make-folder.js'
import { foldersTo, refuseLinks } from '../own-folders.js'
import { syncFolder } from '../sync-folder.js'

export const DAMAGED_DIR = 'damaged'

/**
 * The path of the kept file. It is a second name of the same file, which no later repair changes: it renames. Called
 * again after a repair that was cut off, the name is the same. Rejects with FileSystemError PATH_IS_SYMLINK, and with
 * what the file system throws.
 */
export async function keepOriginal(logsDir: string, path: string): Promise<string> {
  const dir = join(logsDir, DAMAGED_DIR)
  refuseLinks([logsDir, dir], 'repair')
  refuseLinksTo(logsDir, path)
  makeFolder(dir)
  const original = lstatSync(path)
  for (let number = 1; ; number++) {
    const kept = join(dir, `${basename(path)}.${number}`)
    const taken = lstatSync(kept, { throwIfNoEntry: false })
    if (taken !== undefined && !(taken.ino === original.ino && taken.dev === original.dev)) continue
    if (taken === undefined && !keep(path, kept)) continue
    await syncFolder(dir)
    await syncFolder(logsDir)
    return kept
  }
}

/** Throws FileSystemError PATH_IS_SYMLINK when the file, which is one of the project of the logs, is reached by a link. */
export function refuseLinksTo(logsDir: string, path: string): void {
  refuseLinks(foldersTo(path, dirname(logsDir)), 'repair')
}

/** False when somebody took the name meanwhile. */
function keep(path: string, kept: string): boolean {
  try {
    linkSync(path, kept)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    if (!isCode(error, 'EPERM') && !isCode(error, 'ENOTSUP') && !isCode(error, 'EMLINK')) throw error
  }
  // A file system without links.
  copyFileSync(path, kept, constants.COPYFILE_EXCL)
  const copy = openSync(kept, 'r')
  try {
    fsyncSync(copy)
  } finally {
    closeSync(copy)
  }
  return true
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
