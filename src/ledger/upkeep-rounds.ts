/** Upkeep in the background: after a rotation, each minute, and each hour what age alone decides. Never throws. */
import { LedgerlineError } from '../errors.js'
import { olderThan } from '../journal/upkeep/rotation.js'
import type { KeptProjects } from './kept-projects.js'
import type { OpenProject, Projects } from './projects.js'
import type { ResolvedRetention, ResolvedRotation } from './upkeep-options.js'
import { asProblem } from './upkeep-problems.js'

export interface UpkeepRoundsParts {
  readonly projects: Projects
  readonly kept: KeptProjects
  readonly rotation: ResolvedRotation
  readonly retention: ResolvedRetention
  /** To the system log; never throws. */
  readonly report: (message: string, context: Readonly<Record<string, unknown>>) => void
}

const MINUTE_MS = 60_000
const MINUTES_OF_ROUND = 60

export class UpkeepRounds {
  readonly #parts: UpkeepRoundsParts
  #timer: NodeJS.Timeout | undefined
  #minutes = 0
  #last: Promise<void> = Promise.resolve()

  constructor(parts: UpkeepRoundsParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), MINUTE_MS).unref()
    this.#tick()
  }

  /** A file below this root is being closed for its size. */
  rotated(root: string): void {
    const project = this.#parts.projects.allOpened().find((opened) => opened.root === root)
    // Behind the append that closes it.
    if (project !== undefined) setImmediate(() => this.#inBackground(() => this.#keep(project)))
  }

  /** Resolves when no work begins any more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    await this.#last
  }

  #tick(): void {
    const isRound = this.#minutes++ % MINUTES_OF_ROUND === 0
    this.#last = this.#inBackground(async () => {
      for (const project of isRound ? await this.#round() : this.#parts.projects.allOpened()) {
        if (this.#timer === undefined) return
        await this.#keep(project)
      }
    })
  }

  /** What failed is tried and told again, also in projects that nobody writes. */
  async #round(): Promise<OpenProject[]> {
    const { projects, kept, retention } = this.#parts
    for (const project of kept.all()) {
      project.seen = undefined
      project.told.clear()
    }
    const hasLimits = Object.values(retention).some((limit) => limit !== undefined)
    return hasLimits ? projects.openAll('upkeep') : projects.allOpened()
  }

  async #keep(project: OpenProject): Promise<void> {
    const { kept, rotation, retention } = this.#parts
    let again = false
    await kept.inTurn(project, async (mine) => {
      const onFailure = (cause: unknown): void => {
        // What the disk refused may go well in a minute; what is wrong with a file or the clock stays so.
        if (!(cause instanceof LedgerlineError)) again = true
        this.#tell(project, mine.told, cause)
      }
      try {
        if (rotation.maxAgeDays !== undefined) await kept.rotate(project, olderThan(rotation.maxAgeDays))
      } catch (error) {
        onFailure(error)
      }
      const { closed } = mine.upkeep
      if (closed === mine.seen || (closed === '' && retention.chatsMaxAgeDays === undefined)) return
      const pass = { limits: retention, trustClock: false, signal: kept.signal, onFailure }
      const done = await mine.upkeep.pass(pass)
      // As it was before the pass: what was closed meanwhile needs another.
      if (done !== undefined && !again) mine.seen = closed
    })
  }

  #tell(project: OpenProject, told: Set<string>, cause: unknown): void {
    const error = asProblem(cause, project.logsDir, 'upkeep')
    const problem = `${error.code} ${error.path} ${error.message}`
    if (told.has(problem)) return
    told.add(problem)
    this.#parts.report('the upkeep of a project was not complete', {
      project_id: project.id,
      path: error.path,
      error,
    })
  }

  async #inBackground(work: () => Promise<void>): Promise<void> {
    if (this.#timer === undefined) return
    try {
      await work()
    } catch (error) {
      this.#parts.report('the upkeep of the logs failed', { error })
    }
  }
}
