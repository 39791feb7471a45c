/** rotateLogs, cleanupOldLogs, and the same work in the background: behind the host's back and never in its way. */
import { lstatSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { FileSystemError, LedgerlineError, StateError } from '../errors.js'
import { JOURNALS, type JournalOptions } from '../journal/project-journal.js'
import type { SealKey } from '../journal/seals/keys.js'
import { type IsDue, olderThan, rotateProject } from '../journal/upkeep/rotation.js'
import { type Limits, type PassOptions, Upkeep } from '../journal/upkeep/upkeep.js'
import type { CleanupOptions, CleanupResult, ClosedSegment, RetiredLog, RotateResult } from '../ledger.js'
import type { OpenProject, Projects } from './projects.js'
import { UnderWay } from './under-way.js'
import { checkCleanup, type ResolvedRetention, type ResolvedRotation } from './upkeep-options.js'

export interface UpkeepDeskParts {
  readonly projects: Projects
  readonly rotation: ResolvedRotation
  readonly retention: ResolvedRetention
  readonly sealKey: SealKey | undefined
  readonly onTornTail: JournalOptions['onTornTail']
  /** To the system log; never throws. */
  readonly report: (message: string, context: Readonly<Record<string, unknown>>) => void
}

const MINUTE_MS = 60_000
const MINUTES_OF_ROUND = 60
/** How long a call waits for another process that is at it. */
const BUSY_MS = 10_000
const LOOK_MS = 100
/** A pass under way at close() may finish what it is at. */
const CLOSE_MS = 2_000

interface Kept {
  readonly upkeep: Upkeep
  /** The last work on the project: one behind another. */
  last: Promise<unknown>
  /** The closed segments at the start of the last pass; what is wrong with one of them is looked at again each hour. */
  seen: string | undefined
  /** Told since the last round; the same again is not told each minute. */
  readonly told: Set<string>
}

export class UpkeepDesk {
  readonly #parts: UpkeepDeskParts
  readonly #kept = new Map<string, Kept>()
  readonly #underWay = new UnderWay()
  readonly #stop = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #minutes = 0

  constructor(parts: UpkeepDeskParts) {
    this.#parts = parts
  }

  /** Begins the work in the background. */
  start(): void {
    this.#timer = setInterval(() => this.#tick(), MINUTE_MS).unref()
    this.#tick()
  }

  /** A file below this root was closed for its size. */
  rotated(root: string): void {
    if (this.#timer === undefined) return
    const project = this.#parts.projects.allOpened().find((opened) => opened.root === root)
    // Behind the append that closed it.
    if (project !== undefined) setImmediate(() => this.#inBackground(async () => this.#keep(project)))
  }

  /** As Ledger.rotateLogs says. */
  async rotateLogs(projectId: string | undefined): Promise<RotateResult> {
    const segments: ClosedSegment[] = []
    const problems: LedgerlineError[] = []
    for (const project of await this.#projectsOf(projectId, 'rotateLogs')) {
      const failed = this.#collector(project, 'rotateLogs', problems)
      await this.#inTurn(project, async ({ upkeep }) => {
        segments.push(...((await this.#rotate(project, () => true).catch(failed)) ?? []))
        const pass = this.#passOptions(this.#parts.retention, failed)
        if ((await this.#whenFree(upkeep, pass)) === undefined) failed(busy(project, 'rotateLogs'))
      }).catch(failed)
    }
    return { segments, problems }
  }

  /** As Ledger.cleanupOldLogs says. */
  async cleanup(options: CleanupOptions): Promise<CleanupResult> {
    const operation = 'cleanupOldLogs'
    const { dryRun, trustClock, limits } = checkCleanup(options, this.#parts.retention, operation)
    const segments: RetiredLog[] = []
    const problems: LedgerlineError[] = []
    for (const project of await this.#projectsOf(options.projectId, operation)) {
      const failed = this.#collector(project, operation, problems)
      await this.#inTurn(project, async ({ upkeep }) => {
        const pass = { ...this.#passOptions(limits, failed), trustClock }
        const retired = await (dryRun ? upkeep.dryRun(pass) : this.#whenFree(upkeep, pass))
        if (retired === undefined) failed(busy(project, operation))
        for (const segment of retired ?? []) segments.push({ projectId: project.id, ...segment })
      }).catch(failed)
    }
    return { segments, problems }
  }

  /** Ends the work in the background; what is left is done when the ledger is opened again. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    await this.#underWay.settled(CLOSE_MS)
    this.#stop.abort()
    await this.#underWay.settled()
  }

  #tick(): void {
    const isRound = this.#minutes++ % MINUTES_OF_ROUND === 0
    this.#inBackground(async () => {
      const projects = isRound ? await this.#round() : this.#parts.projects.allOpened()
      for (const project of projects) {
        if (this.#stop.signal.aborted) return
        await this.#keep(project)
      }
    })
  }

  /** Once an hour what age alone decides, also in projects that nobody writes; and what failed is told again. */
  async #round(): Promise<OpenProject[]> {
    for (const kept of this.#kept.values()) {
      kept.seen = undefined
      kept.told.clear()
    }
    const { projects, retention } = this.#parts
    const hasLimits = Object.values(retention).some((limit) => limit !== undefined)
    return hasLimits ? projects.openAll('upkeep') : projects.allOpened()
  }

  async #keep(project: OpenProject): Promise<void> {
    let again = false
    const failed = (error: unknown): void => {
      // What the disk refused may go well in a minute; what is wrong with a file or the clock stays so.
      if (!(error instanceof LedgerlineError)) again = true
      this.#tell(project, error)
    }
    await this.#inTurn(project, async (kept) => {
      const { maxAgeDays } = this.#parts.rotation
      if (maxAgeDays !== undefined) await this.#rotate(project, olderThan(maxAgeDays)).catch(failed)
      const { upkeep } = kept
      const { closed } = upkeep
      const { retention } = this.#parts
      if (closed === kept.seen || (closed === '' && retention.chatsMaxAgeDays === undefined)) return
      const retired = await upkeep.pass(this.#passOptions(retention, failed))
      // As it was before the pass: what was closed meanwhile needs another.
      if (retired !== undefined && !again) kept.seen = closed
    }).catch(failed)
  }

  async #rotate(project: OpenProject, isDue: IsDue): Promise<ClosedSegment[]> {
    const { logsDir, journal, id } = project
    const paths = await rotateProject(logsDir, journal, isDue, this.#parts.onTornTail)
    return paths.flatMap((path) => {
      const segment = basename(path, '.jsonl')
      const name = JOURNALS.find((base) => segment.startsWith(`${base}.`))
      return name === undefined
        ? []
        : [{ projectId: id, journal: name, segment, bytes: lstatSync(path).size }]
    })
  }

  #passOptions(limits: Limits, onFailure: PassOptions['onFailure']): PassOptions {
    return { limits, trustClock: false, signal: this.#stop.signal, onFailure }
  }

  async #whenFree(upkeep: Upkeep, options: PassOptions): ReturnType<Upkeep['pass']> {
    for (let waited = 0; waited < BUSY_MS; waited += LOOK_MS) {
      const retired = await upkeep.pass(options)
      if (retired !== undefined) return retired
      await delay(LOOK_MS)
    }
    return undefined
  }

  async #projectsOf(projectId: string | undefined, operation: string): Promise<OpenProject[]> {
    const { projects } = this.#parts
    return projectId === undefined ? projects.openAll(operation) : [await projects.open(projectId, operation)]
  }

  #inTurn<T>({ root, journal }: OpenProject, work: (kept: Kept) => Promise<T>): Promise<T> {
    let kept = this.#kept.get(root)
    if (kept === undefined) {
      const { rotation, sealKey } = this.#parts
      const upkeep = new Upkeep(root, journal, { gzip: rotation.gzip, key: sealKey })
      kept = { upkeep, last: Promise.resolve(), seen: undefined, told: new Set() }
      this.#kept.set(root, kept)
    }
    const mine = kept
    const turn = mine.last.then(() => work(mine))
    mine.last = turn.catch(() => undefined)
    return this.#underWay.track(turn)
  }

  #inBackground(work: () => Promise<void>): void {
    if (this.#timer === undefined) return
    this.#underWay.track(work()).catch((error: unknown) => {
      this.#parts.report('the upkeep of the logs failed', { error })
    })
  }

  /** Takes what fails in a call: it is in the answer and on the system log. */
  #collector(
    project: OpenProject,
    operation: string,
    problems: LedgerlineError[],
  ): (error: unknown) => undefined {
    return (cause) => {
      const error = asProblem(cause, project, operation)
      problems.push(error)
      this.#parts.report('the upkeep of a project was not complete', { project_id: project.id, error })
      return undefined
    }
  }

  #tell(project: OpenProject, cause: unknown): void {
    const error = asProblem(cause, project, 'upkeep')
    const told = this.#kept.get(project.root)?.told
    if (told?.has(error.message)) return
    told?.add(error.message)
    this.#parts.report('the upkeep of a project was not complete', { project_id: project.id, error })
  }
}

function asProblem(cause: unknown, { logsDir: path }: OpenProject, operation: string): LedgerlineError {
  if (cause instanceof LedgerlineError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  const message = `the upkeep of ${path} could not do all: ${reason}`
  return new FileSystemError('LOG_WRITE_ERROR', message, { operation, path, cause })
}

function busy({ logsDir: path }: OpenProject, operation: string): StateError {
  const message = 'another process is at the upkeep of this project'
  return new StateError('UPKEEP_BUSY', message, { operation, path })
}
