/** The upkeep of each open project: one piece of work behind another, until the ledger is closed. */
import { lstatSync } from 'node:fs'
import { basename } from 'node:path'
import { JOURNALS, type JournalOptions } from '../journal/project-journal.js'
import type { SealKey } from '../journal/seals/keys.js'
import { type IsDue, rotateProject } from '../journal/upkeep/rotation.js'
import { Upkeep } from '../journal/upkeep/upkeep.js'
import type { ClosedSegment } from '../ledger.js'
import type { OpenProject } from './projects.js'
import { UnderWay } from './under-way.js'

export interface KeptProject {
  readonly upkeep: Upkeep
  /** The last work on the project. */
  last: Promise<unknown>
  /** What was closed at the start of the last pass; undefined when there is something left to do. */
  seen: string | undefined
  /** What was told since the last round: the same again is not told each minute. */
  readonly told: Set<string>
}

export interface KeptProjectsParts {
  readonly gzip: boolean
  readonly sealKey: SealKey | undefined
  readonly onTornTail: JournalOptions['onTornTail']
}

/** A pass under way at close() may finish what it is at. */
const CLOSE_MS = 2_000

export class KeptProjects {
  readonly #parts: KeptProjectsParts
  readonly #kept = new Map<string, KeptProject>()
  readonly #underWay = new UnderWay()
  readonly #stop = new AbortController()

  constructor(parts: KeptProjectsParts) {
    this.#parts = parts
  }

  /** Aborted when the ledger is closed. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  all(): Iterable<KeptProject> {
    return this.#kept.values()
  }

  /** Behind the work on the project that was asked for before. */
  inTurn<T>({ root, journal }: OpenProject, work: (kept: KeptProject) => Promise<T>): Promise<T> {
    const { gzip, sealKey } = this.#parts
    const kept = this.#kept.get(root) ?? {
      upkeep: new Upkeep(root, journal, { gzip, key: sealKey }),
      last: Promise.resolve(),
      seen: undefined,
      told: new Set(),
    }
    this.#kept.set(root, kept)
    const turn = kept.last.then(() => work(kept))
    kept.last = turn.catch(() => undefined)
    return this.#underWay.track(turn)
  }

  /** Closes the active files that are due. Rejects with what the file system refuses. */
  async rotate({ logsDir, journal, id }: OpenProject, isDue: IsDue): Promise<ClosedSegment[]> {
    const paths = await rotateProject(logsDir, journal, isDue, this.#parts.onTornTail)
    return paths.flatMap((path) => {
      const segment = basename(path, '.jsonl')
      const name = JOURNALS.find((base) => segment.startsWith(`${base}.`))
      return name === undefined
        ? []
        : [{ projectId: id, journal: name, segment, bytes: lstatSync(path).size }]
    })
  }

  /** What is left is done when the ledger is opened again. */
  async close(): Promise<void> {
    await this.#underWay.settled(CLOSE_MS)
    this.#stop.abort()
    await this.#underWay.settled()
  }
}
