/** The thread that makes parts. It has nothing of the host's but what it is told, and leaves nothing behind. */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { PartOf } from '../index-folder.js'
import type { BuiltPart } from './build-part.js'
import { type BuildOrder, isAnswer } from './messages.js'

type Settle = (built: BuiltPart | undefined) => void

export class Builder {
  readonly #worker: Worker
  readonly #folder: string
  readonly #exited: Promise<void>
  /** By the number of the order. */
  readonly #waiting = new Map<number, Settle>()
  #orders = 0
  #isGone = false

  /** `script` is the compiled worker.ts. Throws when no thread can be started. */
  constructor(script: URL) {
    this.#folder = join(tmpdir(), `ledgerline-duckdb-${process.pid}-${randomUUID()}`)
    const env = { TMPDIR: this.#folder, TEMP: this.#folder, TMP: this.#folder }
    // The host's own flags and hooks are for the host's threads.
    this.#worker = new Worker(script, { env, execArgv: [], name: 'ledgerline index' })
    // Its temporary files are all in here, since it may be ended at any point. Without it what needs some is read elsewhere.
    try {
      mkdirSync(this.#folder, { mode: 0o700 })
    } catch {}
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()))
    this.#worker.on('message', (message: unknown) => {
      if (!isAnswer(message)) return this.#leave()
      this.#waiting.get(message.number)?.(message.built)
      this.#waiting.delete(message.number)
    })
    this.#worker.on('error', () => this.#leave())
    this.#worker.on('exit', () => this.#leave())
  }

  /** Undefined when the part could not be made here. */
  build(path: string, of: PartOf): Promise<BuiltPart | undefined> {
    if (this.#isGone) return Promise.resolve(undefined)
    const order: BuildOrder = { number: this.#orders++, path, of }
    return new Promise((resolve) => {
      this.#waiting.set(order.number, resolve)
      this.#worker.postMessage(order)
    })
  }

  /** Also in the middle of files. */
  async end(): Promise<void> {
    this.#leave()
    await this.#worker.terminate()
    await this.#exited
    await rm(this.#folder, { recursive: true, force: true }).catch(() => {})
  }

  #leave(): void {
    this.#isGone = true
    for (const settle of this.#waiting.values()) settle(undefined)
    this.#waiting.clear()
  }
}
