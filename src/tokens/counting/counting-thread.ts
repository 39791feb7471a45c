/** Tokens counted in a thread of its own: begun when there is something to count, ended when there was nothing for a while. */
import { Worker } from 'node:worker_threads'
import type { Encoding } from './encodings.js'
import { type CountOrder, isAnswer } from './messages.js'

export interface CountingLimits {
  /** UTF-16 units that may wait for the thread at once; what comes then is not counted. */
  readonly maxWaiting: number
  /** From when a count was asked for. */
  readonly deadlineMs: number
  /** Until a thread without work is ended. */
  readonly idleMs: number
}

/** 5 s is what a ledger that closes waits for captures; a count must be over before. */
const LIMITS: CountingLimits = { maxWaiting: 8 * 1024 * 1024, deadlineMs: 4_000, idleMs: 10_000 }

/** The encoding has 70 MB; a piece of text takes 40 bytes a byte while it is encoded. */
const MAX_HEAP_MB = 512

type Counts = readonly number[]

interface Waiting {
  readonly units: number
  readonly deadline: NodeJS.Timeout
  settle(counts: Counts | undefined): void
}

export class CountingThread {
  readonly #script: URL
  readonly #limits: CountingLimits
  /** By the number of the order. */
  readonly #waiting = new Map<number, Waiting>()
  #thread: Worker | undefined
  #idle: NodeJS.Timeout | undefined
  #orders = 0
  #units = 0
  /** Undefined before the first word of a thread, and false for good where one ended without any. */
  #works: boolean | undefined

  /** `script` is the compiled thread-main.ts. */
  constructor(script: URL, limits: Partial<CountingLimits> = {}) {
    this.#script = script
    this.#limits = { ...LIMITS, ...limits }
  }

  /** Threads do not start here: the script is not where it should be, or the host forbids them. */
  get isUnavailable(): boolean {
    return this.#works === false
  }

  get isRunning(): boolean {
    return this.#thread !== undefined
  }

  /** Tokens of each text; undefined when it takes too long, too much waits already, or there is no thread. Never rejects. */
  count(encoding: Encoding, texts: readonly string[]): Promise<Counts | undefined> {
    const units = texts.reduce((sum, text) => sum + text.length, 0)
    if (this.isUnavailable || this.#units + units > this.#limits.maxWaiting) return NOTHING
    return new Promise((settle) => {
      const thread = this.#running()
      if (thread === undefined) return settle(undefined)
      const order: CountOrder = { number: this.#orders++, encoding, texts }
      this.#units += units
      const deadline = setTimeout(() => this.#end(), this.#limits.deadlineMs)
      this.#waiting.set(order.number, { units, deadline, settle })
      // The process stays for a count as for a write, and for nothing else.
      thread.ref()
      clearTimeout(this.#idle)
      thread.postMessage(order)
    })
  }

  #running(): Worker | undefined {
    if (this.#thread !== undefined) return this.#thread
    try {
      const thread = new Worker(this.#script, {
        // The host's own flags, hooks and secrets are for the host.
        execArgv: [],
        env: {},
        resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
      })
      thread.on('message', (message: unknown) => this.#answered(thread, message))
      for (const event of ['error', 'messageerror', 'exit']) thread.on(event, () => this.#ended(thread))
      this.#thread = thread
      return thread
    } catch {
      this.#works = false
      return undefined
    }
  }

  #answered(thread: Worker, message: unknown): void {
    if (thread !== this.#thread || !isAnswer(message)) return
    this.#works = true
    this.#settle(message.number, message.counts)
    if (this.#waiting.size > 0) return
    thread.unref()
    this.#idle = setTimeout(() => this.#end(), this.#limits.idleMs).unref()
  }

  #ended(thread: Worker): void {
    if (thread !== this.#thread) return
    this.#works ??= false
    this.#end()
  }

  /** Also in the middle of a count: what waits is not counted then. */
  #end(): void {
    const thread = this.#thread
    this.#thread = undefined
    clearTimeout(this.#idle)
    for (const number of [...this.#waiting.keys()]) this.#settle(number, undefined)
    // Only of a thread that is there: one that could not be loaded is gone already.
    void thread?.terminate().catch(() => undefined)
  }

  #settle(number: number, counts: Counts | undefined): void {
    const waiting = this.#waiting.get(number)
    if (waiting === undefined) return
    this.#waiting.delete(number)
    this.#units -= waiting.units
    clearTimeout(waiting.deadline)
    waiting.settle(counts)
  }
}

const NOTHING = Promise.resolve(undefined)
