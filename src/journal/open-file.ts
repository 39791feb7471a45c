/** One descriptor that appends: tail checked at open, short writes continued, a failed write cut back or fenced. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  type Stats,
  writeSync,
} from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FileSystemError } from '../errors.js'
import { makeFolder } from './make-folder.js'
import { foldersTo, linkAmong, refuseLinks } from './own-folders.js'
import { syncName } from './sync-name.js'

/** Bytes behind the last newline that a process left when it died. */
export interface TornTail {
  readonly path: string
  /** Byte range, `to` excluded. */
  readonly from: number
  readonly to: number
}

const NEWLINE = 0x0a
const FLAGS =
  constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK

export interface OpenFileOptions {
  /** The name is on the disk before the first line. */
  readonly sync: boolean
  /** The folder below which no symbolic link is followed; by default the one that holds the file. */
  readonly root?: string | undefined
}

/**
 * Opens for appending; makes the folder and the file (0700, 0600) when absent. Throws FileSystemError PATH_IS_SYMLINK
 * for a symbolic link, else what the file system throws.
 */
export async function openForAppend(path: string, { sync, root }: OpenFileOptions): Promise<OpenFile> {
  const folders = foldersTo(path, root ?? dirname(path))
  refuseLinks(folders)
  makeFolder(dirname(path))
  const handle = await open(path, FLAGS, 0o600).catch((cause: unknown) => {
    if (!isCode(cause, 'ELOOP')) throw cause
    throw new FileSystemError('PATH_IS_SYMLINK', 'the log is a symbolic link', {
      operation: 'append',
      path,
      cause,
    })
  })
  try {
    // Before anything is written: a link may have been put there since.
    refuseLinks(folders)
    const stat = await handle.stat()
    if (!stat.isFile()) throw new Error('the log is no regular file')
    const tornTail = await findTornTail(handle, path, stat.size)
    if (sync) await syncName(path)
    return new OpenFile(handle, path, folders, stat, tornTail)
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** For a process that ends: as openForAppend and one append, without a wait. Throws as these do. */
export function appendNow(path: string, root: string | undefined, lines: Buffer): void {
  const folders = foldersTo(path, root ?? dirname(path))
  refuseLinks(folders)
  makeFolder(dirname(path))
  const fd = openSync(path, FLAGS, 0o600)
  try {
    refuseLinks(folders)
    const stat = fstatSync(fd)
    if (!stat.isFile()) throw new Error('the log is no regular file')
    const last = Buffer.of(NEWLINE)
    if (stat.size > 0) readSync(fd, last, 0, 1, stat.size - 1)
    writeNow(fd, last[0] === NEWLINE ? lines : Buffer.concat([Buffer.of(NEWLINE), lines]))
  } finally {
    closeSync(fd)
  }
}

function writeNow(fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written)
}

export class OpenFile {
  readonly tornTail: TornTail | undefined
  readonly #handle: FileHandle
  readonly #path: string
  readonly #folders: readonly string[]
  readonly #ino: number
  readonly #dev: number
  #size: number
  #fence: boolean
  /** Bytes of the write that is under way. */
  #writing = 0

  constructor(
    handle: FileHandle,
    path: string,
    folders: readonly string[],
    stat: Stats,
    tornTail: TornTail | undefined,
  ) {
    this.#handle = handle
    this.#path = path
    this.#folders = folders
    this.#size = stat.size
    this.#ino = stat.ino
    this.#dev = stat.dev
    this.tornTail = tornTail
    this.#fence = tornTail !== undefined
  }

  get size(): number {
    return this.#size
  }

  /** False when the file was moved, deleted or replaced, or a link leads to it: what is written would not be found. */
  isStillAtPath(): boolean {
    if (linkAmong(this.#folders) !== undefined) return false
    const stat = lstatSync(this.#path, { throwIfNoEntry: false })
    return stat !== undefined && stat.ino === this.#ino && stat.dev === this.#dev
  }

  /**
   * Appends whole lines. `written` counts the bytes of `lines` that are in the file; `cause` says why not all are.
   * Of a write that failed, whole lines stay when `keepWhole`; the remainder is cut off again, or fenced by a newline
   * before the next line.
   */
  async append(lines: Buffer, keepWhole: boolean): Promise<{ written: number; cause: unknown }> {
    const bytes = this.#fence ? Buffer.concat([Buffer.of(NEWLINE), lines]) : lines
    const fenced = bytes.length - lines.length
    let written = 0
    this.#writing = bytes.length
    try {
      while (written < bytes.length) {
        const { bytesWritten } = await this.#handle.write(bytes, written, bytes.length - written, null)
        if (bytesWritten === 0) throw new Error('the file system wrote nothing and gave no reason')
        written += bytesWritten
      }
    } catch (cause) {
      const whole = keepWhole && written > 0 ? bytes.lastIndexOf(NEWLINE, written - 1) + 1 : 0
      await this.#cutBack(written, whole)
      return { written: Math.max(0, whole - fenced), cause }
    } finally {
      this.#writing = 0
    }
    this.#size += bytes.length
    this.#fence = false
    return { written: lines.length, cause: undefined }
  }

  get isWriting(): boolean {
    return this.#writing > 0
  }

  /**
   * For a process that ends: appends without giving way to anything, behind the write that other threads do meanwhile.
   * Throws what the file system throws.
   */
  appendNow(lines: Buffer): void {
    const { fd } = this.#handle
    const until = performance.now() + PATIENCE_MS
    while (fstatSync(fd).size < this.#size + this.#writing && performance.now() < until) {
      Atomics.wait(NOTHING, 0, 0, 1)
    }
    writeNow(fd, this.#fence ? Buffer.concat([Buffer.of(NEWLINE), lines]) : lines)
  }

  async #cutBack(written: number, whole: number): Promise<void> {
    this.#size += written
    if (written > whole) await this.cutOff(written - whole)
  }

  /** Cuts the last bytes off again; where that fails, they are fenced by a newline before the next line. */
  async cutOff(bytes: number): Promise<void> {
    try {
      // Longer than what this process wrote: another took over the slot, and its lines must stay.
      const { size } = await this.#handle.stat()
      if (size !== this.#size) throw new Error('the file grew meanwhile')
      await this.#handle.truncate(this.#size - bytes)
      this.#size -= bytes
    } catch {
      this.#fence = true
    }
  }

  /** fdatasync: the bytes and the size are on the disk. */
  sync(): Promise<void> {
    return this.#handle.datasync()
  }

  /** Renames the file, when it is still the one at its path. The name must be free. */
  moveTo(path: string): void {
    if (!this.isStillAtPath()) return
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw new Error(`${path} exists`)
    renameSync(this.#path, path)
  }

  async close(): Promise<void> {
    await this.#handle.close().catch(() => undefined)
  }
}

/** ms that a process waits at its end for a write that hangs. */
const PATIENCE_MS = 500
const NOTHING = new Int32Array(new SharedArrayBuffer(4))

const TAIL_CHUNK = 64 * 1024

async function findTornTail(handle: FileHandle, path: string, size: number): Promise<TornTail | undefined> {
  let to = size
  const chunk = Buffer.alloc(Math.min(size, TAIL_CHUNK))
  while (to > 0) {
    const from = Math.max(0, to - TAIL_CHUNK)
    const { bytesRead } = await handle.read(chunk, 0, to - from, from)
    const newline = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE)
    if (newline >= 0)
      return from + newline + 1 === size ? undefined : { path, from: from + newline + 1, to: size }
    to = from
  }
  return size === 0 ? undefined : { path, from: 0, to: size }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
