/** The folders between a project and a file in it: a symbolic link among them would lead the log out of the workspace. */
import { lstatSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'
import { FileSystemError } from '../errors.js'

/** Those below `root` that lead to the path, the uppermost first. */
export function foldersTo(path: string, root: string): string[] {
  const top = resolve(root)
  const below = top.endsWith(sep) ? top : top + sep
  const folders: string[] = []
  for (let folder = dirname(path); folder !== top && folder.startsWith(below); folder = dirname(folder)) {
    folders.unshift(folder)
  }
  return folders
}

/** The first that is a symbolic link. */
export function linkAmong(folders: readonly string[]): string | undefined {
  return folders.find((path) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
}

/** Throws FileSystemError PATH_IS_SYMLINK; what is not there is no link. */
export function refuseLinks(folders: readonly string[], operation = 'append'): void {
  const path = linkAmong(folders)
  if (path === undefined) return
  const message = 'the folder of the log is a symbolic link'
  throw new FileSystemError('PATH_IS_SYMLINK', message, { operation, path })
}
