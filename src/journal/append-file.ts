/**
 * Group commit to one file that only this process writes: lines that arrive while a write is under way share the
 * next one, and each is settled when it is at the durability level.
 */
import { dirname } from 'node:path'
import { FileSystemError } from '../errors.js'
import type { Batch, LineWaiter } from './batch.js'
import type { Descriptors, Permit } from './descriptors.js'
import { LineQueue } from './line-queue.js'
import { isRotatable, moveAside } from './move-aside.js'
import { appendNow, type OpenFile, openForAppend, type TornTail } from './open-file.js'
import { QueueBudget, queueFull } from './queue-budget.js'
import { syncFolder } from './sync-folder.js'
import { syncName } from './sync-name.js'

export interface AppendFileOptions {
  readonly path: string
  /** Of the project: below it no folder that is a symbolic link is written to. */
  readonly root?: string
  /** Sync to the disk before a line counts as written. */
  readonly sync: boolean
  /** Where the file goes once it holds `maxBytes`; never closed when absent. */
  readonly rotation?: { readonly maxBytes: number; readonly closedPath: () => string }
  readonly onTornTail?: (torn: TornTail) => void
  /** Shared with other files; without bound when absent. */
  readonly budget?: QueueBudget
  /** Shared with other files: the file is open only while it has a permit. */
  readonly descriptors?: Descriptors
}

const FEW_LINES = 8

export class AppendFile {
  readonly #options: AppendFileOptions
  readonly #budget: QueueBudget
  readonly #queue = new LineQueue(() => this.#start())
  #flushing: Promise<void> | undefined
  #file: OpenFile | undefined
  /** Taken from the queue, and not written yet. */
  #next: Batch | undefined
  /** The last batch held more than a few lines. */
  #isBusy = false
  /** Of the open file. */
  #permit: Permit | undefined
  /** Asked for, and done between two batches. */
  readonly #rotations: (() => Promise<void>)[] = []

  constructor(options: AppendFileOptions) {
    this.#options = options
    this.#budget = options.budget ?? new QueueBudget(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
  }

  /** As `add`, for callers of one line now and then: rejects where it says failed. */
  append(line: string, mayWait = false): Promise<void> {
    return new Promise((resolve, reject) => this.add(line, { written: resolve, failed: reject }, mayWait))
  }

  /**
   * Takes the bytes of the line now. Fails with FileSystemError LOG_WRITE_ERROR after one retry, LOG_QUEUE_FULL at
   * once; the line is then not in the file. Only when a sync failed and its lines could not be cut off again may they
   * stand in a closed segment, written and not safe. A line that may wait is written when Pace says, or with the next
   * one that may not.
   */
  add(line: string, waiter: LineWaiter, mayWait = false): void {
    if (this.#budget.isFull) {
      waiter.failed(queueFull('append', this.#options.path), () => line)
      return
    }
    const { bytes, due } = this.#queue.add(line, waiter, { mayWait, isBusy: this.#isBusy })
    this.#budget.take(bytes)
    if (due === 'now') this.#start()
    else if (due === 'soon') queueMicrotask(() => this.#start())
  }

  /** True when nothing is waiting or under way. */
  get idle(): boolean {
    return this.#flushing === undefined && this.#queue.length === 0 && this.#rotations.length === 0
  }

  /** Waits until nothing is waiting or under way. */
  async settled(): Promise<void> {
    while (!this.idle) {
      this.#start()
      await this.#flushing
    }
  }

  /** For a process that ends: writes what waits without giving way to anything. What the disk refuses is lost. */
  writeNow(): void {
    const { path, root } = this.#options
    let batch = this.#file?.isWriting === true ? undefined : this.#next
    for (batch ??= this.#queue.shift(); batch !== undefined; batch = this.#queue.shift()) {
      if (this.#file?.isStillAtPath() === true) this.#file.appendNow(batch.rest)
      else appendNow(path, root, batch.rest)
    }
  }

  /** Waits for what is under way, then closes the descriptor. A later append opens the file again. */
  async close(): Promise<void> {
    await this.settled()
    await this.#closeFile()
  }

  /**
   * Closes the file between two batches when it holds something and `isDue`; the lines that come meanwhile go into the
   * next one. The path it has from then on, undefined when it was not closed. Rejects with what the file system
   * refuses; the file is then active as before.
   */
  rotate(isDue: (path: string) => boolean): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      this.#rotations.push(() => this.#rotateNow(isDue).then(resolve, reject))
      this.#start()
    })
  }

  #start(): void {
    if (this.#queue.length === 0 && this.#rotations.length === 0) return
    this.#queue.hurry()
    this.#flushing ??= this.#flush()
  }

  async #flush(): Promise<void> {
    for (;;) {
      if (this.#rotations.length > 0) await this.#rotations.shift()?.()
      const batch = this.#queue.shift()
      if (batch === undefined) {
        if (this.#rotations.length > 0) continue
        break
      }
      this.#next = batch
      let failure = await this.#write(batch)
      // The descriptor may be at fault (deleted file, failed sync), so the retry begins with a new one.
      if (failure !== undefined) failure = await this.#write(batch)
      this.#next = undefined
      if (failure !== undefined) batch.failed(this.#writeError(failure.cause))
      this.#budget.giveBack(batch.lines, batch.bytes)
      this.#isBusy = batch.lines > FEW_LINES
      batch.release()
      if (this.#options.descriptors?.isWanted) await this.#closeFile()
      if (this.#rotations.length === 0 && this.#queue.isEarly()) break
    }
    this.#flushing = undefined
    // Who asked for a permit since the last batch found this file busy.
    if (this.#options.descriptors?.isWanted) this.#closeIdle()
  }

  /** Settles the lines that were written; gives the cause when there is a rest. */
  async #write(batch: Batch): Promise<{ cause: unknown } | undefined> {
    const { sync } = this.#options
    try {
      const file = this.#opened() ?? (await this.#open())
      const bytes = batch.rest
      // At `fsync` a line that was written and not synced is not done.
      const { written, cause } = await file.append(bytes, !sync)
      if (written < bytes.length) {
        batch.written(written)
        throw cause
      }
      this.#next = undefined
      if (sync) await this.#sync(file, bytes.length)
    } catch (cause) {
      await this.#closeFile()
      return { cause }
    }
    await this.#rotateWhenFull()
    batch.written()
    return undefined
  }

  /** Without a wait, so that a prompt write begins at once. */
  #opened(): OpenFile | undefined {
    if (this.#file?.isStillAtPath() !== true) return undefined
    if (this.#permit !== undefined) this.#options.descriptors?.used(this.#permit)
    return this.#file
  }

  async #open(): Promise<OpenFile> {
    await this.#closeFile()
    this.#permit = await this.#options.descriptors?.take(() => this.#closeIdle())
    // Where it fails the caller closes what there is, the permit alone.
    const file = await openForAppend(this.#options.path, this.#options)
    this.#file = file
    if (file.tornTail !== undefined) this.#options.onTornTail?.(file.tornTail)
    return file
  }

  #closeIdle(): boolean {
    if (!this.idle || this.#file === undefined) return false
    void this.#closeFile()
    return true
  }

  /**
   * After a failed sync the kernel calls the lost pages clean: the last `bytes` are cut off, and the file is closed
   * and never synced again.
   */
  async #sync(file: OpenFile, bytes: number): Promise<void> {
    try {
      await file.sync()
    } catch (cause) {
      await file.cutOff(bytes)
      if (this.#options.rotation !== undefined) file.moveTo(this.#options.rotation.closedPath())
      throw cause
    }
  }

  async #rotateWhenFull(): Promise<void> {
    const { rotation } = this.#options
    if (rotation === undefined || this.#file === undefined || this.#file.size < rotation.maxBytes) return
    try {
      const closed = rotation.closedPath()
      this.#file.moveTo(closed)
      await this.#closeFile()
      await this.#syncClosed(closed)
    } catch {
      // The lines are safe in the larger file; the next batch tries again.
    }
  }

  async #rotateNow(isDue: (path: string) => boolean): Promise<string | undefined> {
    const { path, rotation } = this.#options
    if (rotation === undefined || !isRotatable(path) || !isDue(path)) return undefined
    await this.#closeFile()
    const closed = moveAside(path, rotation.closedPath)
    if (closed !== undefined) await this.#syncClosed(closed)
    return closed
  }

  /** The new file's name must not be on the disk before the closed one's, nor the old one away: they may be in two folders. */
  async #syncClosed(closed: string): Promise<void> {
    if (!this.#options.sync) return
    await syncName(closed)
    await syncFolder(dirname(this.#options.path))
  }

  async #closeFile(): Promise<void> {
    const [file, permit] = [this.#file, this.#permit]
    this.#file = undefined
    this.#permit = undefined
    await file?.close()
    if (permit !== undefined) this.#options.descriptors?.giveBack(permit)
  }

  #writeError(cause: unknown): FileSystemError {
    if (cause instanceof FileSystemError) return cause
    const { path } = this.#options
    const message = `could not append to the log in ${dirname(path)}: ${cause instanceof Error ? cause.message : cause}`
    return new FileSystemError('LOG_WRITE_ERROR', message, { operation: 'append', path, cause })
  }
}
