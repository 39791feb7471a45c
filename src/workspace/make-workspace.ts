/** The folder of a workspace, made at open. */
import { FileSystemError } from '../errors.js'
import { makeFolder } from '../journal/make-folder.js'

/** Throws FileSystemError WORKSPACE_NOT_WRITABLE when there is no such folder and it cannot be made. */
export function makeWorkspace(path: string): void {
  try {
    makeFolder(path)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    const reason = code === 'ENOTDIR' ? 'a part of this path is a file' : code
    const message =
      code === 'EEXIST' ? `${path} is a file, not a folder` : `cannot make the folder ${path} (${reason})`
    throw new FileSystemError('WORKSPACE_NOT_WRITABLE', message, { operation: 'openLedger', path, cause })
  }
}
