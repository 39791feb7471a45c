/**
 * The system log's file as a sink: lines are written in order in the background. When the disk refuses, lines wait in
 * memory within a bound, the trouble is told once on standard error, and opening is tried again every second.
 */
import { appendFileSync } from 'node:fs'
import { atExit } from '../at-exit.js'
import { makeFolder } from '../journal/make-folder.js'
import { claimSlot, type Slot } from '../journal/slot.js'
import { openRotatingFile, type RotatingFile, type RotationLimits } from './rotating-file.js'
import type { Sink } from './sink.js'

const BATCH_BYTES = 64 * 1024
/** What may wait for a disk that works, and for one that does not. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024
const MAX_WAITING_BYTES_FAILING = 1024 * 1024
const RETRY_MS = 1000

export interface FileSinkOptions {
  readonly folder: string
  readonly limits: RotationLimits
  /** Told once each time the file stops working; one line. */
  report(message: string): void
}

export class FileSink implements Sink {
  readonly #options: FileSinkOptions
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #slot: Slot | undefined
  #file: RotatingFile | undefined
  #lookedMs = 0
  /** The newest batch believed written; looked for after a failure. */
  #last: Buffer = Buffer.alloc(0)
  #failing = false
  #lost = 0
  #draining: Promise<void> | undefined
  #retry: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined
  readonly #forgetExit: () => void

  constructor(options: FileSinkOptions) {
    this.#options = options
    this.#forgetExit = atExit(() => this.#writeNow())
  }

  /** Tries to open the file now; false when that failed, and was reported. */
  async open(): Promise<boolean> {
    this.#startDraining()
    await this.#draining
    return this.#file !== undefined
  }

  write(line: string): void {
    if (this.#closing !== undefined) return
    const bytes = Buffer.from(line)
    const bound = this.#failing ? MAX_WAITING_BYTES_FAILING : MAX_WAITING_BYTES
    if (this.#waitingBytes + bytes.length > bound) {
      this.#lost++
      return
    }
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (!this.#failing) this.#startDraining()
  }

  /** Writes what waits, then lets go of the file. Never rejects; what could not be written is reported. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    clearTimeout(this.#retry)
    await this.#draining
    // A last try, when the file failed.
    if (this.#waiting.length > 0) await this.#drain()
    clearTimeout(this.#retry)
    const lines = this.#lost + this.#waiting.reduce((sum, bytes) => sum + countLines(bytes), 0)
    if (lines > 0) this.#options.report(`system log closed, ${lines} lines could not be written`)
    this.#forgetExit()
    await this.#letGo()
  }

  #startDraining(): void {
    this.#draining ??= this.#drain()
  }

  /** Opens the file when it is not open, and writes until nothing waits or the file fails. */
  async #drain(): Promise<void> {
    for (;;) {
      const file = await this.#openFile()
      if (file === undefined || this.#waiting.length === 0) break
      const batch = this.#take()
      const { written, error } = await file.append(batch)
      if (written) this.#last = batch
      else this.#putBack(batch)
      if (error !== undefined) {
        await this.#fail(error)
        break
      }
    }
    // In the same turn as the last look at #waiting, so that a line never waits for a drain that has ended.
    this.#draining = undefined
  }

  #take(): Buffer {
    let count = 0
    let bytes = 0
    while (count < this.#waiting.length && (count === 0 || bytes < BATCH_BYTES)) {
      bytes += this.#waiting[count++]?.length ?? 0
    }
    this.#waitingBytes -= bytes
    return Buffer.concat(this.#waiting.splice(0, count))
  }

  #putBack(batch: Buffer): void {
    this.#waiting.unshift(batch)
    this.#waitingBytes += batch.length
  }

  /** The open file; opened again when it was moved or deleted, looked at once a second. */
  async #openFile(): Promise<RotatingFile | undefined> {
    if (this.#file !== undefined && Date.now() - this.#lookedMs >= RETRY_MS) {
      this.#lookedMs = Date.now()
      if (!this.#file.isAtPath()) await this.#letGo()
    }
    if (this.#file === undefined) await this.#tryOpen()
    return this.#file
  }

  async #tryOpen(): Promise<void> {
    const { folder, limits } = this.#options
    try {
      makeFolder(folder)
      this.#slot ??= claimSlot(folder)
      this.#file = await openRotatingFile(folder, this.#slot.number, limits, this.#last)
    } catch (error) {
      return this.#fail(error)
    }
    this.#failing = false
    this.#lookedMs = Date.now()
    if (this.#lost > 0) this.#tellLost()
  }

  async #fail(error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error)
    if (!this.#failing) {
      this.#failing = true
      this.#options.report(
        `the system log below ${this.#options.folder} cannot be written, its lines wait in memory: ${reason}`,
      )
    }
    await this.#letGo()
    clearTimeout(this.#retry)
    if (this.#closing !== undefined) return
    this.#retry = setTimeout(() => this.#startDraining(), RETRY_MS)
    this.#retry.unref()
  }

  /** Another process may take the slot from here on. */
  async #letGo(): Promise<void> {
    const [file, slot] = [this.#file, this.#slot]
    this.#file = undefined
    this.#slot = undefined
    await file?.close()
    slot?.release()
  }

  #tellLost(): void {
    const line = {
      level: 'warn',
      time: new Date().toISOString(),
      name: 'ledgerline',
      lost_lines: this.#lost,
      msg: 'lines of the system log were lost while its file could not be written',
    }
    this.#lost = 0
    this.#putBack(Buffer.from(`${JSON.stringify(line)}\n`))
  }

  /** What is left, without what is under way: the process ends, and nothing runs later. */
  #writeNow(): void {
    if (this.#file === undefined || this.#waiting.length === 0) return
    appendFileSync(this.#file.path, Buffer.concat(this.#waiting), { mode: 0o600 })
  }
}

function countLines(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines++
  return lines
}
