/** getStats and getLLMRequestLogs: the checked question, the files as they are now, the engine's answer. */
import type { LoggedEntry } from '../entry/entry.js'
import { formatInstant } from '../entry/timestamp.js'
import { invalid } from '../errors.js'
import { DamageFinder } from '../journal/damage.js'
import { parseEntry } from '../journal/parse-entry.js'
import { livenessOf } from '../journal/process-identity.js'
import { REQUESTS } from '../journal/project-journal.js'
import { listRefused } from '../journal/segments.js'
import type { Snapshot } from '../journal/snapshot.js'
import type { LogFilter, LogPage } from '../ledger.js'
import { type Conditions, checkOptions, checkScope } from '../stats/question.js'
import type {
  Stats,
  StatsAnswer,
  StatsEngine,
  StatsOptions,
  StatsScope,
  StatsSource,
} from '../stats/stats-engine.js'
import { formatCursor, parseCursor } from './cursor.js'
import type { CountTable } from './integrity/counts.js'
import { chatNotFound, checkId, type Projects } from './projects.js'
import { takeStillSnapshot } from './still-snapshot.js'
import { integrityOf } from './tally.js'

export interface StatsDeskParts {
  readonly projects: Projects
  /** What was rejected, dropped and recovered, by all processes. */
  readonly counts: () => Promise<CountTable>
  /** Called at the first question. */
  readonly loadEngine: () => Promise<StatsEngine>
}

const MAX_PAGE = 1_000
const DEFAULT_PAGE = 50

export class StatsDesk {
  readonly #parts: StatsDeskParts
  readonly #damage = new DamageFinder()
  #engine: Promise<StatsEngine> | undefined

  constructor(parts: StatsDeskParts) {
    this.#parts = parts
  }

  /** As Ledger.getStats says. */
  async stats(scope: StatsScope, options: StatsOptions): Promise<Stats> {
    const checked = checkScope(scope, 'getStats')
    const conditions = checkOptions(options, 'getStats')
    const { answer, damaged } = await this.#ask(checked, conditions)
    const counts = (await this.#parts.counts()).sum(checked.type === 'global' ? undefined : checked.projectId)
    if (checked.type === 'chat' && isEmpty(answer)) await this.#checkChatExists(checked)
    return {
      scope: checked,
      period: {
        from: options.fromDate ?? instantOrNull(answer.firstMs),
        to: options.toDate ?? instantOrNull(answer.lastMs),
      },
      summary: { ...answer.measures, integrity: integrityOf(answer.lines, counts, damaged) },
      breakdown: answer.breakdown,
      models: answer.models,
    }
  }

  /** As Ledger.getLLMRequestLogs says. */
  async logs(filter: LogFilter): Promise<LogPage> {
    const operation = 'getLLMRequestLogs'
    const { projectId, chatId, id, limit = DEFAULT_PAGE } = filter
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
      throw invalid(operation, 'INVALID_OPTION', 'limit', `is no integer from 1 to ${MAX_PAGE}`)
    }
    if (chatId !== undefined) checkId(operation, 'INVALID_CHAT_ID', 'chatId', chatId)
    if (id !== undefined) checkId(operation, 'INVALID_ID', 'id', id)
    const { fromMs, toMs, filter: dimensions } = checkOptions(filter, operation)
    const before = filter.cursor == null ? undefined : parseCursor(filter.cursor, operation)
    const lines = await this.#withSources(projectId, operation, async (sources) => {
      const engine = await this.#loadEngine()
      // One more than the page says whether there is a next one.
      return engine.logs({ sources, chatId, id, fromMs, toMs, filter: dimensions, limit: limit + 1, before })
    })
    const entries = lines.map(parseEntry).filter((entry): entry is LoggedEntry => entry !== undefined)
    const page = entries.slice(0, limit)
    const last = page.at(-1)
    return {
      entries: page,
      nextCursor: entries.length > limit && last !== undefined ? formatCursor(last) : null,
    }
  }

  async close(): Promise<void> {
    const engine = this.#engine
    this.#engine = undefined
    await (await engine?.catch(() => undefined))?.close()
  }

  async #ask(scope: StatsScope, conditions: Conditions): Promise<{ answer: StatsAnswer; damaged: number }> {
    const projectId = scope.type === 'global' ? undefined : scope.projectId
    return this.#withSources(projectId, 'getStats', async (sources) => {
      const engine = await this.#loadEngine()
      const answer = await engine.stats({
        sources,
        chatId: scope.type === 'chat' ? scope.chatId : undefined,
        isGone: (writer) => ['gone', 'rebooted'].includes(livenessOf(writer)),
        ...conditions,
      })
      const lines = await this.#damage.find(answer.suspectFiles)
      return { answer, damaged: lines.length + this.#unreadable(projectId) }
    })
  }

  /** What the engine was not given to read: logs that are no regular files or folders, and projects without their file. */
  #unreadable(projectId: string | undefined): number {
    const { projects } = this.#parts
    const opened = projectId === undefined ? projects.allOpened() : [projects.opened(projectId)]
    const refused = opened.flatMap((project) => (project ? listRefused(project.logsDir, REQUESTS) : []))
    return refused.length + (projectId === undefined ? projects.unreadable.length : 0)
  }

  /** A chat exists when it was created or when an entry names it. */
  async #checkChatExists(scope: { projectId: string; chatId: string }): Promise<void> {
    if ((await this.#parts.projects.chats(scope.projectId, 'getStats')).has(scope.chatId)) return
    const { answer } = await this.#ask({ type: 'chat', ...scope }, checkOptions({}, 'getStats'))
    if (isEmpty(answer)) throw chatNotFound('getStats', scope.chatId)
  }

  async #withSources<T>(
    projectId: string | undefined,
    operation: string,
    use: (sources: StatsSource[]) => Promise<T>,
  ): Promise<T> {
    const { projects } = this.#parts
    const opened = await projects.chosen(projectId, operation)
    const snapshots: { id: string; snapshot: Snapshot }[] = []
    try {
      for (const { id, logsDir } of opened) {
        try {
          snapshots.push({ id, snapshot: takeStillSnapshot(logsDir, REQUESTS) })
        } catch (error) {
          // One that is no folder is counted as damage, and costs no answer about the others.
          if (projectId !== undefined || !listRefused(logsDir, REQUESTS).includes(logsDir)) throw error
        }
      }
      return await use(snapshots.map(({ id, snapshot }) => ({ projectId: id, files: snapshot.files })))
    } finally {
      for (const { snapshot } of snapshots) snapshot[Symbol.dispose]()
    }
  }

  #loadEngine(): Promise<StatsEngine> {
    this.#engine ??= this.#parts.loadEngine()
    return this.#engine
  }
}

function isEmpty({ measures }: StatsAnswer): boolean {
  return measures.totalRequests + measures.pendingRequests + measures.interruptedRequests === 0
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : formatInstant(ms)
}
