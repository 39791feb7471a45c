/** Files that will be read, made to parts by other threads a few ahead of where they are asked for. */
import { Turnstile } from '../../duckdb/turnstile.js'
import type { BuiltPart } from './build-part.js'
import { Builder } from './builder.js'
import type { BuildOrder } from './messages.js'

export interface Builders {
  /** The compiled worker.ts. */
  readonly script: URL
  /** Threads at most. */
  readonly threads: number
  /** Bytes of files, of at least two, that are worth their start; default 64 MiB. */
  readonly worthBytes?: number
}

/** A file that will be asked for. */
export interface Coming extends BuildOrder {
  readonly size: number
}

/** Of each thread: what it works on, and what it made before that was not asked for yet. */
const AHEAD_PER_THREAD = 2
const WORTH_BYTES = 64 << 20

export class BuildAhead {
  readonly #builders: Builders | undefined
  readonly #list: () => readonly Coming[]
  /** Lets a builder work when it may. */
  readonly #pass: <T>(work: () => Promise<T>) => Promise<T>
  readonly #turnstile: Turnstile
  readonly #free: Builder[] = []
  readonly #started = new Map<string, Promise<BuiltPart | undefined>>()
  #coming: readonly Coming[] | undefined
  #all: readonly Builder[] = []
  /** When the threads are gone; after end(). */
  ended: Promise<void> = Promise.resolve()

  /** `list`: what will likely be asked for, in that order; called when the first file is. */
  constructor(
    builders: Builders | undefined,
    list: () => readonly Coming[],
    pass: <T>(work: () => Promise<T>) => Promise<T>,
  ) {
    this.#builders = builders
    this.#list = list
    this.#pass = pass
    this.#turnstile = new Turnstile(builders?.threads ?? 1)
  }

  /** Undefined when the file is to be read here: it is not worth a thread, or none could make its part. */
  take(path: string): Promise<BuiltPart | undefined> {
    this.#coming ??= this.#begin()
    const coming = this.#coming
    const at = coming.findIndex((file) => file.path === path)
    if (at < 0) return Promise.resolve(undefined)
    // Those before it were read or passed over.
    for (const { path: before } of coming.slice(0, at)) this.#started.delete(before)
    for (const file of coming.slice(at, at + this.#all.length * AHEAD_PER_THREAD)) this.#start(file)
    const taken = this.#started.get(path)
    this.#started.delete(path)
    this.#coming = coming.slice(at + 1)
    return taken ?? Promise.resolve(undefined)
  }

  /** What was not asked for is dropped, also in the middle. */
  end(): void {
    this.#coming = []
    this.#started.clear()
    this.ended = Promise.all(this.#all.map((builder) => builder.end())).then(() => {})
  }

  #begin(): readonly Coming[] {
    if (this.#builders === undefined) return []
    const { script, threads, worthBytes = WORTH_BYTES } = this.#builders
    const coming = this.#list()
    const bytes = coming.reduce((sum, { size }) => sum + size, 0)
    if (coming.length < 2 || bytes < worthBytes) return []
    try {
      for (let count = 0; count < Math.min(threads, coming.length); count++) {
        this.#free.push(new Builder(script))
        this.#all = [...this.#free]
      }
    } catch {
      // Fewer do as well.
    }
    return this.#all.length === 0 ? [] : coming
  }

  #start(file: Coming): void {
    if (this.#started.has(file.path)) return
    this.#started.set(
      file.path,
      // A ledger that is closed meanwhile fails where the file is read.
      this.#turnstile.pass(() => this.#pass(() => this.#build(file))).catch(() => undefined),
    )
  }

  async #build({ path, of }: Coming): Promise<BuiltPart | undefined> {
    const builder = this.#free.pop()
    if (builder === undefined) return undefined
    const built = await builder.build({ path, of })
    if (!builder.isGone) this.#free.push(builder)
    return built
  }
}
