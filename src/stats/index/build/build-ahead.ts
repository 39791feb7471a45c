/** Files that will be read, made to parts by another process a few ahead of where they are asked for. */
import { Turnstile } from '../../duckdb/turnstile.js'
import type { PartOf } from '../index-folder.js'
import type { BuiltPart } from './build-part.js'
import { Builder } from './builder.js'

export interface BuilderOptions {
  /** The compiled main.ts. */
  readonly script: URL
  /** Files that are read at once, each by one thread of its database. */
  readonly atOnce: number
  /** Bytes of files that are worth the start of the process; default 128 MiB. */
  readonly worthBytes?: number
}

/** A file that will be asked for. */
export interface Coming {
  readonly path: string
  readonly of: PartOf
  readonly size: number
}

/** For each file that is being read one that is ready: what is asked for next need not wait for what takes long. */
const AHEAD = 2
const WORTH_BYTES = 128 << 20

export class BuildAhead {
  readonly #options: BuilderOptions | undefined
  readonly #list: () => readonly Coming[]
  /** Lets a file be read when it may. */
  readonly #pass: <T>(work: () => Promise<T>) => Promise<T>
  readonly #turnstile: Turnstile
  readonly #started = new Map<string, Promise<BuiltPart | undefined>>()
  #coming: readonly Coming[] | undefined
  #builder: Builder | undefined
  /** When the process is gone; after end(). */
  ended: Promise<void> = Promise.resolve()

  /** `list`: what will likely be asked for, in that order; called when the first file is. */
  constructor(
    options: BuilderOptions | undefined,
    list: () => readonly Coming[],
    pass: <T>(work: () => Promise<T>) => Promise<T>,
  ) {
    this.#options = options
    this.#list = list
    this.#pass = pass
    this.#turnstile = new Turnstile(options?.atOnce ?? 1)
  }

  /** Undefined when the file is to be read here: it is not worth a process, or that could not make its part. */
  take(path: string): Promise<BuiltPart | undefined> {
    this.#coming ??= this.#begin()
    const coming = this.#coming
    const builder = this.#builder
    const at = coming.findIndex((file) => file.path === path)
    if (at < 0 || builder === undefined) return Promise.resolve(undefined)
    // Those before it were read or passed over.
    for (const { path: before } of coming.slice(0, at)) this.#started.delete(before)
    const ahead = (this.#options?.atOnce ?? 1) * AHEAD
    for (const file of coming.slice(at, at + ahead)) this.#start(file, builder)
    const taken = this.#started.get(path)
    this.#started.delete(path)
    this.#coming = coming.slice(at + 1)
    return taken ?? Promise.resolve(undefined)
  }

  /** What was not asked for is dropped, also in the middle. */
  end(): void {
    this.#coming = []
    this.#started.clear()
    this.ended = this.#builder?.end() ?? this.ended
  }

  #begin(): readonly Coming[] {
    if (this.#options === undefined) return []
    const { script, worthBytes = WORTH_BYTES } = this.#options
    const coming = this.#list()
    const bytes = coming.reduce((sum, { size }) => sum + size, 0)
    if (coming.length === 0 || bytes < worthBytes) return []
    try {
      this.#builder = new Builder(script)
      return coming
    } catch {
      return []
    }
  }

  #start({ path, of }: Coming, builder: Builder): void {
    if (this.#started.has(path)) return
    const built = this.#turnstile.pass(() => this.#pass(() => builder.build(path, of)))
    // A ledger that is closed meanwhile fails where the file is read.
    this.#started.set(
      path,
      built.catch(() => undefined),
    )
  }
}
