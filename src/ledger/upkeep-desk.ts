/** rotateLogs, cleanupOldLogs, and the same work in the background. */
import type { LedgerlineError } from '../errors.js'
import type { PassOptions } from '../journal/upkeep/upkeep.js'
import type { CleanupOptions, CleanupResult, ClosedSegment, RetiredLog, RotateResult } from '../ledger.js'
import { KeptProjects, type KeptProjectsParts } from './kept-projects.js'
import type { OpenProject } from './projects.js'
import { checkCleanup, type ResolvedRetention } from './upkeep-options.js'
import { asProblem, busy, cutOff } from './upkeep-problems.js'
import { UpkeepRounds, type UpkeepRoundsParts } from './upkeep-rounds.js'
import { whenFree } from './when-free.js'

export type UpkeepDeskParts = Omit<UpkeepRoundsParts, 'kept'> & Omit<KeptProjectsParts, 'gzip'>

export class UpkeepDesk {
  readonly #parts: UpkeepDeskParts
  readonly #kept: KeptProjects
  readonly #rounds: UpkeepRounds
  readonly #closing = new AbortController()

  constructor(parts: UpkeepDeskParts) {
    this.#parts = parts
    this.#kept = new KeptProjects({ ...parts, gzip: parts.rotation.gzip })
    this.#rounds = new UpkeepRounds({ ...parts, kept: this.#kept })
  }

  /** Aborted as soon as close() is called: nothing waits for another process any more. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** Begins the work in the background. */
  start(): void {
    this.#rounds.start()
  }

  /** A file below this root is being closed for its size. */
  rotated(root: string): void {
    this.#rounds.rotated(root)
  }

  /** As Ledger.rotateLogs says. */
  async rotateLogs(projectId: string | undefined): Promise<RotateResult> {
    const operation = 'rotateLogs'
    const segments: ClosedSegment[] = []
    const problems: LedgerlineError[] = []
    const counts = { sealed: 0, compressed: 0, deleted: 0 }
    for (const project of await this.#parts.projects.chosen(projectId, operation)) {
      const failed = this.#collector(project, operation, problems)
      await this.#kept
        .inTurn(project, async ({ upkeep }) => {
          segments.push(...((await this.#kept.rotate(project, () => true).catch(failed)) ?? []))
          const pass = this.#passOptions(this.#parts.retention, false, failed)
          const done = await whenFree(this.closing, () => upkeep.pass(pass))
          if (done === undefined) return void failed(this.#notDone(project, operation))
          counts.sealed += done.sealed
          counts.compressed += done.compressed
          counts.deleted += done.deleted.length
        })
        .catch(failed)
    }
    return { segments, ...counts, problems }
  }

  /** As Ledger.cleanupOldLogs says. */
  async cleanup(options: CleanupOptions): Promise<CleanupResult> {
    const operation = 'cleanupOldLogs'
    const { dryRun, trustClock, limits } = checkCleanup(options, this.#parts.retention, operation)
    const segments: RetiredLog[] = []
    const problems: LedgerlineError[] = []
    for (const project of await this.#parts.projects.chosen(options.projectId, operation)) {
      const failed = this.#collector(project, operation, problems)
      await this.#kept
        .inTurn(project, async ({ upkeep }) => {
          const pass = this.#passOptions(limits, trustClock, failed)
          const retired = await (dryRun
            ? upkeep.dryRun(pass)
            : whenFree(this.closing, async () => (await upkeep.pass(pass))?.deleted))
          if (retired === undefined) failed(this.#notDone(project, operation))
          for (const segment of retired ?? []) segments.push({ projectId: project.id, ...segment })
        })
        .catch(failed)
    }
    return { segments, problems }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    const stopped = this.#rounds.stop()
    await this.#kept.close()
    await stopped
  }

  #passOptions(
    limits: ResolvedRetention,
    trustClock: boolean,
    onFailure: PassOptions['onFailure'],
  ): PassOptions {
    return { limits, trustClock, signal: this.#kept.signal, onFailure }
  }

  #notDone(project: OpenProject, operation: string): LedgerlineError {
    return this.closing.aborted ? cutOff(project.logsDir, operation) : busy(project, operation)
  }

  /** Takes what fails in a call: it is in the answer and on the system log. */
  #collector(
    project: OpenProject,
    operation: string,
    problems: LedgerlineError[],
  ): (error: unknown) => undefined {
    return (cause) => {
      const error = asProblem(cause, project.logsDir, operation)
      problems.push(error)
      this.#parts.report('the upkeep of a project was not complete', {
        project_id: project.id,
        path: error.path,
        error,
      })
      return undefined
    }
  }
}
