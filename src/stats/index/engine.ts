/** The stats engine over the index: parts of closed files, tails of growing ones, cubes in memory. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { FileSystemError, StateError } from '../../errors.js'
import { DamageFinder } from '../../journal/damage.js'
import { isClosedName } from '../../journal/segments.js'
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
import { chatSums, totalsOf } from './chat-sums.js'
import { identityOf } from './file-identity.js'
import { removePart, tidyParts } from './index-folder.js'
import { IndexedFile, type Reading } from './indexed-file.js'
import { KeptCubes } from './kept-cubes.js'
import { PartError } from './part-error.js'
import { idsPath, partPath } from './part-path.js'
import { ReadAhead } from './read-ahead.js'
import { readRows } from './read-rows.js'
import type { Block } from './rows.js'
import { Scope } from './scope.js'
import { type KeptIds, SeenIds } from './seen-ids.js'
import { Slices } from './slices.js'

export interface IndexOptions {
  /** Bytes from which on a file without a part is read by DuckDB; default 1 MiB. */
  readonly atOnceFrom?: number
  /** Bytes that a growing file is read on until a part is made of them; default 4 MiB. */
  readonly partEvery?: number
  /** Where the filter of all ids may be kept; by default it is not. */
  readonly folder?: string
  /** Ids that are not in it yet and make it be written; default 500,000, which are put into a filter in a moment. */
  readonly saveIdsFrom?: number
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
  readonly #keptIds: KeptIds | undefined
  readonly #damage = new DamageFinder()
  readonly #stop = new AbortController()
  /** By project, then by the identity of the file. */
  readonly #projects = new Map<string, Map<string, IndexedFile>>()
  readonly #scopes = new Map<string, Scope>()
  #cubes = new KeptCubes()
  #ids: SeenIds
  #onDisk = true

  constructor(lines: DuckDbEngine, options: IndexOptions) {
    const { atOnceFrom = 1 << 20, partEvery = 4 << 20, folder, saveIdsFrom = 500_000 } = options
    this.#lines = lines
    this.#options = { atOnceFrom, partEvery }
    this.#keptIds = folder === undefined ? undefined : { path: idsPath(folder), saveFrom: saveIdsFrom }
    this.#ids = new SeenIds(this.#keptIds)
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
        this.#ids = new SeenIds(this.#onDisk ? this.#keptIds : undefined)
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
    for (const source of question.sources) {
      for (const file of await this.#update(source, slices)) {
        blocks.push(...file.blocks)
        lines += file.lines
        damaged += file.damaged
      }
    }
    const scope = await this.#scopeOf(question.sources, blocks, slices)
    return { ...(await answerFrom(scope, question, slices)), lines, damaged }
  }

  async #chats(sources: readonly StatsSource[], counters: CountedChats): Promise<boolean> {
    const slices = new Slices(this.#stop.signal)
    const blocksOf = new Map<StatsSource, readonly Block[]>()
    for (const source of sources) {
      blocksOf.set(
        source,
        (await this.#update(source, slices)).flatMap(({ blocks }) => blocks),
      )
    }
    const all = await this.#scopeOf(sources, [...blocksOf.values()].flat(), slices)
    if (!counters.begin()) return false
    const tell = async (scope: Scope, counts: { inProject: boolean; inAll: boolean }): Promise<void> => {
      for (const block of scope.blocks) {
        const sums = await chatSums(block, scope.losersOf(block), slices)
        if (slices.isOver) await slices.rest()
        for (const chat of totalsOf(sums)) counters.take(chat, counts)
      }
    }
    if (all.isUncontested) {
      await tell(all, { inProject: true, inAll: true })
      return true
    }
    await tell(all, { inProject: false, inAll: true })
    for (const [source, blocks] of blocksOf) {
      const project = await this.#scopeOf([source], blocks, slices)
      await tell(project, { inProject: true, inAll: false })
    }
    return true
  }

  /** Up to date. */
  async #scopeOf(sources: readonly StatsSource[], blocks: readonly Block[], slices: Slices): Promise<Scope> {
    const [first, ...others] = sources
    const name = first === undefined || others.length > 0 ? ALL : first.projectId
    const scope = this.#scopes.get(name) ?? new Scope(this.#cubes, this.#ids)
    this.#scopes.set(name, scope)
    await this.#ids.add(blocks, slices)
    await scope.update(blocks, slices)
    return scope
  }

  /** The files of the source as they are now, in reading order; one that is there under two names is given once. */
  async #update({ projectId, files }: StatsSource, slices: Slices): Promise<IndexedFile[]> {
    const before = this.#projects.get(projectId) ?? new Map<string, IndexedFile>()
    const now = new Map<string, IndexedFile>()
    this.#projects.set(projectId, before)
    const ahead = new ReadAhead(
      files.filter((path) => isReadAtOnce(path, this.#options.atOnceFrom)),
      (whole) => this.#lines.use('getStats', (session, known) => readRows(session, whole, known)),
    )
    const reading: Reading = {
      ...this.#options,
      slices,
      onDisk: this.#onDisk,
      damage: this.#damage,
      readAtOnce: (whole) => ahead.take(whole),
      onMoved: async (gone, part) => {
        const scopes = [...this.#scopes.values()]
        if (scopes.length === 0) return
        await this.#ids.add(gone, slices)
        for (const scope of scopes) await scope.takeIn(gone, slices)
        await this.#ids.replace(gone, part, slices)
        for (const scope of scopes) await scope.replace(gone, part)
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

/** Nobody writes to a closed file, so it may be read before its turn. */
function isReadAtOnce(path: string, atOnceFrom: number): boolean {
  return isClosedName(path) && !existsSync(partPath(path)) && (identityOf(path)?.size ?? 0) >= atOnceFrom
}
