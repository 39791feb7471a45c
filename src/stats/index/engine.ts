/** The stats engine over the index: parts of closed files, tails of growing ones, cubes in memory. */
import { dirname } from 'node:path'
import { FileSystemError, StateError } from '../../errors.js'
import { DamageFinder } from '../../journal/damage.js'
import type { DuckDbEngine } from '../duckdb/engine.js'
import { isAboutMetadata } from '../question.js'
import type {
  CountedChats,
  CountingEngine,
  StatsAnswer,
  StatsQuestion,
  StatsSource,
} from '../stats-engine.js'
import { answerFrom } from './answer.js'
import { BuildAhead, type BuilderOptions } from './build/build-ahead.js'
import { buildPart } from './build/build-part.js'
import { comingFiles, type IsBegun } from './build/coming-files.js'
import { chatSums } from './chat-sums.js'
import { identityOf } from './file-identity.js'
import { removePart, tidyParts } from './index-folder.js'
import { IndexedFile, type Reading } from './indexed-file.js'
import { KeptCubes } from './kept-cubes.js'
import { PartError } from './part-error.js'
import { type ReadRows, readRows } from './read-rows.js'
import type { Block } from './rows.js'
import { Scope } from './scope.js'
import { Slices } from './slices.js'

export interface IndexOptions {
  /** Bytes from which on a file without a part is read by DuckDB; default 1 MiB. */
  readonly atOnceFrom?: number
  /** Bytes that a growing file is read on until a part is made of them; default 4 MiB. */
  readonly partEvery?: number
  /** The process that reads whole files; without it this one does. */
  readonly builder?: BuilderOptions | undefined
}

/** With an index on the disk; then there is one more with an index in memory. */
const MAX_ATTEMPTS = 3

/** `lines` answers what the index has not, and reads whole files. It is closed with this engine. */
export function createIndexEngine(lines: DuckDbEngine, options: IndexOptions = {}): CountingEngine {
  const index = new Index(lines, options)
  let last: Promise<unknown> = Promise.resolve()
  let isClosed = false
  return {
    async stats(question) {
      if (isClosed) throw closedError()
      if (isAboutMetadata(question)) return lines.stats(question)
      // One after another: each brings the index up to date, and the next one has less to do.
      const answer = last.then(() => index.stats(question))
      last = answer.catch(() => {})
      return answer
    },
    logs: (question) => lines.logs(question),
    chats(sources, counters) {
      const told = last.then(() => index.chats(sources, counters))
      last = told.catch(() => {})
      return told
    },
    async close() {
      isClosed = true
      const stop = setTimeout(() => index.stop(), CLOSE_MS)
      await last
      clearTimeout(stop)
      await index.ended
      await lines.close()
    },
  }
}

function closedError(): StateError {
  return new StateError('LEDGER_CLOSED', 'The stats engine is closed', { operation: 'getStats' })
}

/** Questions under way at close() may take as long; the index of a large log takes longer. */
const CLOSE_MS = 2_000

/** A file is replaced by rename at most now and then. */
const MAX_TRIES = 100

function changedError(path: string): FileSystemError {
  const message = 'the log was replaced again and again while it was read'
  return new FileSystemError('LOG_READ_ERROR', message, { operation: 'getStats', path })
}

/** The scope of questions about more than one project. */
const ALL = '*'

class Index {
  readonly #lines: DuckDbEngine
  readonly #options: { readonly atOnceFrom: number; readonly partEvery: number }
  readonly #builder: BuilderOptions | undefined
  /** When the process that was started last is gone. */
  ended: Promise<void> = Promise.resolve()
  readonly #damage = new DamageFinder()
  readonly #stop = new AbortController()
  /** By project, then by the identity of the file. */
  readonly #projects = new Map<string, Map<string, IndexedFile>>()
  readonly #scopes = new Map<string, Scope>()
  #cubes = new KeptCubes()
  #onDisk = true

  constructor(lines: DuckDbEngine, { atOnceFrom = 1 << 20, partEvery = 4 << 20, builder }: IndexOptions) {
    this.#lines = lines
    this.#builder = builder
    this.#options = { atOnceFrom, partEvery }
  }

  stats(question: StatsQuestion): Promise<StatsAnswer> {
    return this.#withSoundIndex(() => this.#stats(question))
  }

  chats(sources: readonly StatsSource[], counters: CountedChats): Promise<boolean> {
    return this.#withSoundIndex(() => this.#chats(sources, counters))
  }

  /** Again, when a part turned out to be damaged or gone. */
  async #withSoundIndex<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        // What was being changed may be half done.
        this.#scopes.clear()
        this.#cubes = new KeptCubes()
        this.#projects.clear()
        if (!(error instanceof PartError) || attempt > MAX_ATTEMPTS) throw error
        removePart(error.path)
        // Somebody takes the parts away as they are made, or the disk cannot be trusted.
        this.#onDisk = attempt < MAX_ATTEMPTS
      }
    }
  }

  stop(): void {
    this.#stop.abort(closedError())
  }

  async #stats(question: StatsQuestion): Promise<StatsAnswer> {
    const slices = new Slices(this.#stop.signal)
    const blocks: Block[] = []
    let lines = 0
    let damaged = 0
    await this.#updateAll(question.sources, slices, (_, files) => {
      for (const file of files) {
        blocks.push(...file.blocks)
        lines += file.lines
        damaged += file.damaged
      }
    })
    const scope = this.#scopeOf(question.sources)
    await scope.update(blocks, slices)
    return { ...(await answerFrom(scope, question, slices)), lines, damaged }
  }

  async #chats(sources: readonly StatsSource[], counters: CountedChats): Promise<boolean> {
    const slices = new Slices(this.#stop.signal)
    const blocksOf = new Map<StatsSource, readonly Block[]>()
    await this.#updateAll(sources, slices, (source, files) => {
      blocksOf.set(
        source,
        files.flatMap(({ blocks }) => blocks),
      )
    })
    const all = this.#scopeOf(sources)
    await all.update([...blocksOf.values()].flat(), slices)
    if (!counters.begin()) return false
    const tell = async (scope: Scope, counts: { inProject: boolean; inAll: boolean }): Promise<void> => {
      for (const block of scope.blocks) {
        for await (const chat of chatSums(block, scope.losersOf(block), slices)) counters.take(chat, counts)
      }
    }
    if (all.isUncontested) {
      await tell(all, { inProject: true, inAll: true })
      return true
    }
    await tell(all, { inProject: false, inAll: true })
    for (const [source, blocks] of blocksOf) {
      const project = this.#scopeOf([source])
      await project.update(blocks, slices)
      await tell(project, { inProject: true, inAll: false })
    }
    return true
  }

  #scopeOf(sources: readonly StatsSource[]): Scope {
    const [first, ...others] = sources
    const name = first === undefined || others.length > 0 ? ALL : first.projectId
    const scope = this.#scopes.get(name) ?? new Scope(this.#cubes)
    this.#scopes.set(name, scope)
    return scope
  }

  /** Brings the files of the sources up to date, one source after another, and tells them. */
  async #updateAll(
    sources: readonly StatsSource[],
    slices: Slices,
    tell: (source: StatsSource, files: readonly IndexedFile[]) => void,
  ): Promise<void> {
    const isBegun: IsBegun = (projectId, file) => this.#projects.get(projectId)?.get(file)?.isBegun === true
    const ahead = new BuildAhead(
      this.#builder,
      () => comingFiles(sources, isBegun, this.#options.atOnceFrom),
      (work) => this.#lines.aside('getStats', work),
    )
    const stop = (): void => ahead.end()
    this.#stop.signal.addEventListener('abort', stop)
    try {
      for (const source of sources) tell(source, await this.#update(source, slices, ahead))
    } finally {
      this.#stop.signal.removeEventListener('abort', stop)
      ahead.end()
      this.ended = ahead.ended
    }
  }

  /** The files of the source as they are now, in reading order; one that is there under two names is given once. */
  async #update(
    { projectId, files }: StatsSource,
    slices: Slices,
    ahead: BuildAhead,
  ): Promise<IndexedFile[]> {
    const before = this.#projects.get(projectId) ?? new Map<string, IndexedFile>()
    const now = new Map<string, IndexedFile>()
    this.#projects.set(projectId, before)
    const reading: Reading = {
      ...this.#options,
      slices,
      onDisk: this.#onDisk,
      build: async (path, of, fits) => {
        const built = await ahead.take(path)
        if (built && fits(built.identity)) return built
        this.#stop.signal.throwIfAborted()
        const readWhole = (): Promise<ReadRows | undefined> =>
          this.#lines.use('getStats', (session, known) => readRows(session, path, known))
        return buildPart(path, of, { readRows: readWhole, damage: this.#damage, slices })
      },
      onMoved: async (gone, part) => {
        for (const scope of this.#scopes.values()) await scope.replace(gone, part, slices)
      },
    }
    for (const path of files) {
      for (let tries = 1; ; tries++) {
        const identity = identityOf(path)
        if (identity === undefined) break
        const again = now.get(identity.file)
        const file = again ?? before.get(identity.file) ?? new IndexedFile()
        before.set(identity.file, file)
        // What was cut short, written over or replaced is read from its start, as what it is by then.
        if (again === undefined && !(await file.update(path, identity, reading))) {
          before.delete(identity.file)
          if (tries < MAX_TRIES) continue
          throw changedError(path)
        }
        // One that is there under two names is read where it stands last.
        now.delete(identity.file)
        now.set(identity.file, file)
        break
      }
    }
    const isFewer = [...before.keys()].some((identity) => !now.has(identity))
    this.#projects.set(projectId, now)
    if (isFewer) for (const dir of new Set(files.map((path) => dirname(path)))) tidyParts(dir, files)
    return [...now.values()]
  }
}
