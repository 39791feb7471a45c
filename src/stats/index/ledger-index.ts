/** The index of a ledger: its files as rows, which of these count, and their sums. */

import { Slices } from '../../slices.js'
import type { DuckDbEngine } from '../duckdb/engine.js'
import type { CountedChats, StatsAnswer, StatsQuestion, StatsSource } from '../stats-engine.js'
import { answerFrom, type ScopeAnswer } from './answer.js'
import type { BuilderOptions } from './build/build-ahead.js'
import { type ChatSums, chatSums } from './chat-sums.js'
import { removePart } from './index-folder.js'
import type { IndexedFile } from './indexed-file.js'
import { KeptCubes } from './kept-cubes.js'
import { overlapped } from './overlapped.js'
import { PartError } from './part-error.js'
import { idsPath } from './part-path.js'
import { GivenUp, ProjectFiles } from './project-files.js'
import type { Block } from './rows.js'
import { Scope } from './scope.js'
import { type KeptIds, SeenIds } from './seen-ids.js'

export interface IndexOptions {
  /** Bytes from which on a file without a part is read by DuckDB; default 1 MiB. */
  readonly atOnceFrom?: number
  /** Bytes that a growing file is read on until a part is made of them; default 4 MiB. */
  readonly partEvery?: number
  /** The process that reads whole files; without it this one does. */
  readonly builder?: BuilderOptions | undefined
  /** Where the filter of all ids may be kept; by default it is not. */
  readonly folder?: string
  /** Ids that are not in it yet and make it be written; default 500,000, which are put into a filter in a moment. */
  readonly saveIdsFrom?: number
}

/** With an index on the disk; then there is one more with an index in memory. */
const MAX_ATTEMPTS = 3
/** The scope of questions about more than one project. */
const ALL = '*'

export class LedgerIndex {
  readonly #files: ProjectFiles
  readonly #keptIds: KeptIds | undefined
  readonly #stop = new AbortController()
  readonly #scopes = new Map<string, Scope>()
  #cubes = new KeptCubes()
  #ids: SeenIds

  constructor(lines: DuckDbEngine, options: IndexOptions) {
    const { atOnceFrom = 1 << 20, partEvery = 4 << 20, builder, folder, saveIdsFrom = 500_000 } = options
    this.#files = new ProjectFiles(lines, { atOnceFrom, partEvery, builder, stop: this.#stop.signal })
    this.#keptIds = folder === undefined ? undefined : { path: idsPath(folder), saveFrom: saveIdsFrom }
    this.#ids = new SeenIds(this.#keptIds)
  }

  stats(question: StatsQuestion): Promise<StatsAnswer> {
    return this.#withSoundIndex(() => this.#stats(question))
  }

  /** As CountingEngine.chats says. */
  chats(sources: readonly StatsSource[], counters: CountedChats): Promise<boolean> {
    return this.#withSoundIndex(() => this.#chats(sources, counters))
  }

  /** What is under way fails with the reason at its next rest. */
  stop(reason: Error): void {
    this.#stop.abort(reason)
  }

  /** When the process that was started last is gone. */
  ended(): Promise<void> {
    return this.#files.ended
  }

  /** Again, when a part turned out to be damaged or gone. */
  async #withSoundIndex<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (error instanceof GivenUp) throw error
        // What was being changed may be half done.
        this.#scopes.clear()
        this.#cubes = new KeptCubes()
        this.#files.forget()
        if (error instanceof PartError) removePart(error.path)
        // Somebody takes the parts away as they are made, or the disk cannot be trusted.
        const isOnDisk = attempt < MAX_ATTEMPTS
        this.#files.isOnDisk = isOnDisk
        this.#ids = new SeenIds(isOnDisk ? this.#keptIds : undefined)
        if (!(error instanceof PartError) || attempt > MAX_ATTEMPTS) throw error
      }
    }
  }

  async #stats(question: StatsQuestion): Promise<StatsAnswer> {
    const slices = new Slices(this.#stop.signal)
    const blocks: Block[] = []
    let lines = 0
    let damaged = 0
    for (const [, files] of await this.#bringUp(question.sources, slices, question.signal)) {
      for (const file of files) {
        blocks.push(...file.blocks)
        lines += file.lines
        damaged += file.damaged
      }
    }
    const scope = await this.#scopeOf(question.sources, blocks, slices)
    return { ...(await this.#answer(scope, question)), lines, damaged }
  }

  /** What is known stays as it is meanwhile, so that it may end anywhere when nobody waits for it any more. */
  async #answer(scope: Scope, question: StatsQuestion): Promise<ScopeAnswer> {
    const { signal } = question
    const stop = this.#stop.signal
    try {
      return await answerFrom(scope, question, new Slices(signal ? AbortSignal.any([stop, signal]) : stop))
    } catch (error) {
      throw signal?.aborted && !stop.aborted ? new GivenUp() : error
    }
  }

  async #chats(sources: readonly StatsSource[], counters: CountedChats): Promise<boolean> {
    const slices = new Slices(this.#stop.signal)
    const blocksOf = new Map(
      [...(await this.#bringUp(sources, slices, undefined))].map(
        ([source, files]) => [source, files.flatMap(({ blocks }) => blocks)] as const,
      ),
    )
    const all = await this.#scopeOf(sources, [...blocksOf.values()].flat(), slices)
    if (!(await counters.begin())) return false
    const tell = async (scope: Scope, counts: { inProject: boolean; inAll: boolean }): Promise<void> => {
      const sumsOf = (block: Block): Promise<ChatSums> => chatSums(block, scope.losersOf(block), slices)
      for await (const [, sums] of overlapped(scope.blocks, sumsOf)) {
        if (slices.isOver) await slices.rest()
        for (let chat = 0; chat < sums.count; chat++) {
          counters.take(sums.projects[sums.projectOf[chat] ?? 0] ?? '', sums, chat, counts)
        }
      }
    }
    if (all.isUncontested) {
      await tell(all, { inProject: true, inAll: true })
      return true
    }
    await tell(all, { inProject: false, inAll: true })
    for (const [source, blocks] of blocksOf) {
      await tell(await this.#scopeOf([source], blocks, slices), { inProject: true, inAll: false })
    }
    return true
  }

  #bringUp(
    sources: readonly StatsSource[],
    slices: Slices,
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<StatsSource, readonly IndexedFile[]>> {
    return this.#files.bringUp(sources, slices, signal, {
      onGone: (blocks) => this.#ids.remove(blocks),
      onMoved: async (gone, part) => {
        const scopes = [...this.#scopes.values()]
        if (scopes.length === 0) return
        await this.#ids.add(gone, slices)
        for (const scope of scopes) await scope.takeIn(gone, slices)
        await this.#ids.replace(gone, part, slices)
        for (const scope of scopes) await scope.replace(gone, part)
      },
    })
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
}
