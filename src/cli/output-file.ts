/** `--output`: a file that is written aside and then named, so that there is all of it or nothing. */
import { randomUUID } from 'node:crypto'
import { realpathSync, statSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { FileSystemError } from '../index.js'
import { UsageError } from './usage-error.js'

export interface OutputFile {
  /** Where it is written: beside its place, for its owner alone. */
  readonly draft: string
  write(data: string | Uint8Array): Promise<void>
}

/** Writes with `use`, then gives the file its name, in place of one that is there. A failure leaves nothing. */
export async function writeOutputFile<T>(
  path: string,
  workspace: string,
  use: (file: OutputFile) => Promise<T>,
): Promise<T> {
  const place = checkedPlace(path, workspace)
  const draft = join(dirname(place), `.${basename(place)}.${randomUUID()}.draft`)
  let file: FileHandle | undefined
  try {
    file = await open(draft, 'wx', 0o600)
    const handle = file
    const result = await use({
      draft,
      async write(data) {
        await handle.appendFile(data)
      },
    })
    await file.sync()
    await rename(draft, place)
    return result
  } catch (cause) {
    await rm(draft, { force: true })
    throw isSystemError(cause) ? notWritten(place, cause) : cause
  } finally {
    await file?.close()
  }
}

/** In the workspace every file is counted; one of ours there could take the place of a log. */
function checkedPlace(path: string, workspace: string): string {
  const place = resolve(path)
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new UsageError(`--output: ${place} is a folder`)
  const folder = realOf(dirname(place))
  const logs = realOf(workspace)
  if (`${folder}${sep}`.startsWith(`${logs}${sep}`))
    throw new UsageError('--output: is in the workspace, which holds logs and nothing else')
  return place
}

/** One that is not there is reported when it is written to. */
function realOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

function notWritten(path: string, cause: NodeJS.ErrnoException): FileSystemError {
  const message = `could not write ${path} (${cause.code})`
  return new FileSystemError('OUTPUT_NOT_WRITABLE', message, { operation: 'writeOutput', path, cause })
}
