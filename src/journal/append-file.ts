/**
 * Group commit to one file that only this process writes: lines that arrive while a write is under way share the
 * next one, and each append resolves when its line is at the durability level.
 */
import { dirname } from 'node:path'
import { FileSystemError } from '../errors.js'
import { type OpenFile, openForAppend, type TornTail } from './open-file.js'

export interface AppendFileOptions {
  readonly path: string
  /** Sync to the disk before resolving. */
  readonly sync: boolean
  /** Where the file goes once it holds `maxBytes`; never closed when absent. */
  readonly rotation?: { readonly maxBytes: number; readonly closedPath: () => string }
  readonly onTornTail?: (torn: TornTail) => void
}

interface Waiting {
  readonly line: string
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Characters of one write at most: bounds the memory of a burst. */
const MAX_BATCH = 1 << 20

export class AppendFile {
  readonly #options: AppendFileOptions
  #queue: Waiting[] = []
  #flushing: Promise<void> | undefined
  #file: OpenFile | undefined

  constructor(options: AppendFileOptions) {
    this.#options = options
  }

  /**
   * Rejects with FileSystemError LOG_WRITE_ERROR after one retry; the line is then not in the file. Only when syncing
   * failed may it stand in a closed segment, written and not safe.
   */
  append(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ line, resolve, reject })
      // A microtask later, the other calls of this turn have joined the batch.
      this.#flushing ??= Promise.resolve().then(() => this.#flush())
    })
  }

  /** True when nothing is waiting or under way. */
  get idle(): boolean {
    return this.#flushing === undefined
  }

  /** Waits for what is under way, then closes the descriptor. A later append opens the file again. */
  async close(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing
    await this.#closeFile()
  }

  async #flush(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch()
      const failed = await this.#write(batch)
      if (failed === undefined) continue
      // The descriptor may be at fault (deleted file, failed sync), so the retry begins with a new one.
      const again = await this.#write(failed.rest)
      if (again === undefined) continue
      for (const waiting of again.rest) waiting.reject(this.#writeError(again.cause))
    }
    this.#flushing = undefined
  }

  #takeBatch(): Waiting[] {
    let characters = 0
    let count = 0
    for (const { line } of this.#queue) {
      if (count > 0 && characters + line.length > MAX_BATCH) break
      characters += line.length
      count++
    }
    if (count === this.#queue.length) {
      const batch = this.#queue
      this.#queue = []
      return batch
    }
    return this.#queue.splice(0, count)
  }

  /** Resolves the lines that were written; gives back the rest with the cause when there is one. */
  async #write(batch: Waiting[]): Promise<{ rest: Waiting[]; cause: unknown } | undefined> {
    let done = 0
    try {
      const file = await this.#open()
      const bytes = Buffer.from(batch.map(({ line }) => line).join(''), 'utf8')
      // At `fsync` a line that was written and not synced is not done.
      const { written, cause } = await file.append(bytes, !this.#options.sync)
      if (written < bytes.length) {
        done = linesWithin(batch, written)
        throw cause
      }
      if (this.#options.sync) await this.#sync(file)
    } catch (cause) {
      await this.#closeFile()
      for (const waiting of batch.slice(0, done)) waiting.resolve()
      return { rest: batch.slice(done), cause }
    }
    await this.#rotateWhenFull()
    for (const waiting of batch) waiting.resolve()
    return undefined
  }

  async #open(): Promise<OpenFile> {
    if (this.#file !== undefined && !this.#file.isStillAtPath()) await this.#closeFile()
    if (this.#file === undefined) {
      this.#file = await openForAppend(this.#options.path, this.#options.sync)
      if (this.#file.tornTail !== undefined) this.#options.onTornTail?.(this.#file.tornTail)
    }
    return this.#file
  }

  /** After a failed sync the kernel calls the lost pages clean: the file is closed and never synced again. */
  async #sync(file: OpenFile): Promise<void> {
    try {
      await file.sync()
    } catch (cause) {
      if (this.#options.rotation !== undefined) file.moveTo(this.#options.rotation.closedPath())
      throw cause
    }
  }

  async #rotateWhenFull(): Promise<void> {
    const { rotation } = this.#options
    if (rotation === undefined || this.#file === undefined || this.#file.size < rotation.maxBytes) return
    try {
      this.#file.moveTo(rotation.closedPath())
      await this.#closeFile()
    } catch {
      // The lines are safe in the larger file; the next batch tries again.
    }
  }

  async #closeFile(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  #writeError(cause: unknown): FileSystemError {
    const { path } = this.#options
    const reason = cause instanceof Error ? cause.message : String(cause)
    if (cause instanceof FileSystemError) return cause
    return new FileSystemError(
      'LOG_WRITE_ERROR',
      `could not append to the log in ${dirname(path)}: ${reason}`,
      {
        operation: 'append',
        path,
        cause,
      },
    )
  }
}

/** How many whole lines of the batch the first `written` bytes hold. */
function linesWithin(batch: readonly Waiting[], written: number): number {
  let bytes = 0
  let lines = 0
  for (const { line } of batch) {
    bytes += Buffer.byteLength(line)
    if (bytes > written) break
    lines++
  }
  return lines
}
