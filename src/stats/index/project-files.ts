/** The files of the projects, brought up to date at each question. */
import { dirname } from 'node:path'
import { FileSystemError } from '../../errors.js'
import { DamageFinder } from '../../journal/damage.js'
import type { Slices } from '../../slices.js'
import type { DuckDbEngine } from '../duckdb/engine.js'
import type { StatsSource } from '../stats-engine.js'
import { BuildAhead, type BuilderOptions } from './build/build-ahead.js'
import { buildPart } from './build/build-part.js'
import { comingFiles, type IsBegun } from './build/coming-files.js'
import { identityOf } from './file-identity.js'
import { tidyParts } from './index-folder.js'
import { IndexedFile, type Reading } from './indexed-file.js'
import { readRows } from './read-rows.js'
import type { Block } from './rows.js'

export interface FilesOptions {
  readonly atOnceFrom: number
  readonly partEvery: number
  readonly builder: BuilderOptions | undefined
  /** What is under way ends, also in the middle of files. */
  readonly stop: AbortSignal
}

export interface FilesEvents extends Pick<Reading, 'onMoved'> {
  /** Told of rows whose file is gone. */
  readonly onGone: (blocks: readonly Block[]) => void
}

/** Thrown between two files when nobody waits for the answer any more: what was read by then is kept. */
export class GivenUp extends Error {}

/** A file is replaced by rename at most now and then. */
const MAX_TRIES = 100

export class ProjectFiles {
  readonly #lines: DuckDbEngine
  readonly #options: FilesOptions
  readonly #damage = new DamageFinder()
  /** By project, then by the identity of the file. */
  readonly #projects = new Map<string, Map<string, IndexedFile>>()
  /** False when parts are kept in memory alone. */
  isOnDisk = true
  /** When the process that was started last is gone. */
  ended: Promise<void> = Promise.resolve()

  constructor(lines: DuckDbEngine, options: FilesOptions) {
    this.#lines = lines
    this.#options = options
  }

  forget(): void {
    this.#projects.clear()
  }

  /** The files of each source as they are now, in reading order; one that is there under two names is given once. */
  async bringUp(
    sources: readonly StatsSource[],
    slices: Slices,
    signal: AbortSignal | undefined,
    events: FilesEvents,
  ): Promise<ReadonlyMap<StatsSource, readonly IndexedFile[]>> {
    const { builder, atOnceFrom, stop } = this.#options
    const isBegun: IsBegun = (projectId, file) => this.#projects.get(projectId)?.get(file)?.isBegun === true
    const ahead = new BuildAhead(
      builder,
      () => comingFiles(sources, isBegun, atOnceFrom),
      (work) => this.#lines.aside('getStats', work),
    )
    const end = (): void => ahead.end()
    stop.addEventListener('abort', end)
    const reading = this.#reading(slices, ahead, events)
    const found = new Map<StatsSource, readonly IndexedFile[]>()
    try {
      for (const source of sources) found.set(source, await this.#update(source, reading, signal, events))
    } finally {
      stop.removeEventListener('abort', end)
      ahead.end()
      this.ended = ahead.ended
    }
    return found
  }

  #reading(slices: Slices, ahead: BuildAhead, { onMoved }: FilesEvents): Reading {
    return {
      ...this.#options,
      slices,
      onDisk: this.isOnDisk,
      build: async (path, of, fits) => {
        const built = await ahead.take(path)
        if (built && fits(built.identity)) return built
        this.#options.stop.throwIfAborted()
        return buildPart(path, of, {
          readRows: () => this.#lines.use('getStats', (session, known) => readRows(session, path, known)),
          damage: this.#damage,
          slices,
        })
      },
      onMoved,
    }
  }

  async #update(
    { projectId, files }: StatsSource,
    reading: Reading,
    signal: AbortSignal | undefined,
    { onGone }: FilesEvents,
  ): Promise<IndexedFile[]> {
    const before = this.#projects.get(projectId) ?? new Map<string, IndexedFile>()
    const now = new Map<string, IndexedFile>()
    this.#projects.set(projectId, before)
    for (const path of files) {
      if (reading.slices.isOver) await reading.slices.rest()
      if (signal?.aborted) throw new GivenUp()
      for (let tries = 1; ; tries++) {
        const identity = identityOf(path)
        if (identity === undefined) break
        const again = now.get(identity.file)
        const file = again ?? before.get(identity.file) ?? new IndexedFile()
        before.set(identity.file, file)
        const { blocks } = file
        // What was cut short, written over or replaced is read from its start, as what it is by then.
        if (again === undefined && !(await file.update(path, identity, reading))) {
          before.delete(identity.file)
          // Their part may be another one by now: nobody may ask them for an id any more.
          onGone(blocks)
          if (tries < MAX_TRIES) continue
          throw changedError(path)
        }
        // One that is there under two names is read where it stands last.
        now.delete(identity.file)
        now.set(identity.file, file)
        break
      }
    }
    const gone = [...before].filter(([identity]) => !now.has(identity)).map(([, file]) => file)
    this.#projects.set(projectId, now)
    if (gone.length > 0) {
      onGone(gone.flatMap(({ blocks }) => blocks))
      for (const dir of new Set(files.map((path) => dirname(path)))) tidyParts(dir, files)
    }
    return [...now.values()]
  }
}

function changedError(path: string): FileSystemError {
  const message = 'the log was replaced again and again while it was read'
  return new FileSystemError('LOG_READ_ERROR', message, { operation: 'getStats', path })
}
