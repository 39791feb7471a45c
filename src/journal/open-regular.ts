/** Opens a file of a journal for reading: no link is followed, nothing blocks. */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { FileSystemError } from '../errors.js'

/** Undefined when there is no such file. Throws FileSystemError PATH_IS_SYMLINK, LOG_READ_ERROR. */
export async function openRegular(path: string): Promise<FileHandle | undefined> {
  try {
    return await openLog(path)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw readError(path, cause)
  }
}

/** Throws what the file system throws, EFTYPE for no regular file. */
export async function openLog(path: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw Object.assign(new Error('it is no regular file'), { code: 'EFTYPE' })
}

export function readError(path: string, cause: unknown): FileSystemError {
  const details = { operation: 'read', path, cause }
  if (cause instanceof Error && 'code' in cause && cause.code === 'ELOOP') {
    return new FileSystemError('PATH_IS_SYMLINK', 'the log is a symbolic link', details)
  }
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new FileSystemError('LOG_READ_ERROR', `could not read the log: ${reason}`, details)
}
