/** getStats and getLLMRequestLogs: the checked question, the files as they are now, the engine's answer. */
import type { LoggedEntry } from '../entry/entry.js'
import { formatInstant } from '../entry/timestamp.js'
import { invalid } from '../errors.js'
import { parseEntry } from '../journal/parse-entry.js'
import { livenessOf } from '../journal/process-identity.js'
import { REQUESTS } from '../journal/project-journal.js'
import { listRefused } from '../journal/segments.js'
import type { Snapshot } from '../journal/snapshot.js'
import type { LogFilter, LogPage } from '../ledger.js'
import { cancelled } from '../stats/cancelled.js'
import type { LiveCounters } from '../stats/live-counters.js'
import { type Conditions, checkOptions, checkScope, isAboutMetadata } from '../stats/question.js'
import type {
  CountingEngine,
  Stats,
  StatsAnswer,
  StatsOptions,
  StatsScope,
  StatsSource,
} from '../stats/stats-engine.js'
import { checkSignal, untilCancelled } from './cancellation.js'
import { formatCursor, parseCursor } from './cursor.js'
import type { CountTable } from './integrity/counts.js'
import { chatNotFound, checkId, type OpenProject, type Projects } from './projects.js'
import { listFiles, withStillList } from './still-listing.js'
import { takeStillSnapshot } from './still-snapshot.js'
import { integrityOf } from './tally.js'

export interface StatsDeskParts {
  readonly projects: Projects
  /** What was rejected, dropped and recovered, by all processes. */
  readonly counts: () => Promise<CountTable>
  /** Called at the first question. */
  readonly loadEngine: () => Promise<CountingEngine>
}

const MAX_PAGE = 1_000
const DEFAULT_PAGE = 50

export class StatsDesk {
  readonly #parts: StatsDeskParts
  #engine: Promise<CountingEngine> | undefined

  constructor(parts: StatsDeskParts) {
    this.#parts = parts
  }

  /** As Ledger.getStats says. */
  async stats(scope: StatsScope, options: StatsOptions): Promise<Stats> {
    const checked = checkScope(scope, 'getStats')
    const conditions = checkOptions(options, 'getStats', ['signal'])
    const signal = checkSignal('getStats', options.signal)
    const { answer, damaged } = await untilCancelled(
      'getStats',
      this.#ask(checked, conditions, signal),
      signal,
    )
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
    const {
      fromMs,
      toMs,
      filter: dimensions,
    } = checkOptions(filter, operation, ['projectId', 'chatId', 'id', 'limit', 'cursor'])
    const before = filter.cursor == null ? undefined : parseCursor(filter.cursor, operation)
    const lines = await this.#withHeldSources(projectId, operation, async (sources) => {
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

  /** Counts all chats of the projects, from nothing; this process may log nothing meanwhile. */
  async count(projects: readonly OpenProject[], counters: LiveCounters): Promise<void> {
    const engine = await this.#loadEngine()
    const list = (): StatsSource[] => this.#list(projects, undefined)
    for (let sources = list(), isTold = false; !isTold; sources = list()) {
      isTold = await engine.chats(sources, {
        take: (...chat) => counters.take(...chat),
        begin() {
          counters.clear()
          return isSameList(sources, list())
        },
      })
    }
  }

  async close(): Promise<void> {
    const engine = this.#engine
    this.#engine = undefined
    await (await engine?.catch(() => undefined))?.close()
  }

  async #ask(
    scope: StatsScope,
    conditions: Conditions,
    signal: AbortSignal | undefined,
  ): Promise<{ answer: StatsAnswer; damaged: number }> {
    if (signal?.aborted) throw cancelled('getStats', signal)
    const projectId = scope.type === 'global' ? undefined : scope.projectId
    const engine = await this.#loadEngine()
    const ask = async (
      sources: readonly StatsSource[],
    ): Promise<{ answer: StatsAnswer; damaged: number }> => {
      const answer = await engine.stats({
        sources,
        chatId: scope.type === 'chat' ? scope.chatId : undefined,
        isGone: (writer) => ['gone', 'rebooted'].includes(livenessOf(writer)),
        signal,
        ...conditions,
      })
      return { answer, damaged: answer.damaged + this.#unreadable(projectId) }
    }
    // The index reads what is new at once; the lines themselves are held, so that nobody takes them away meanwhile.
    return isAboutMetadata(conditions)
      ? this.#withHeldSources(projectId, 'getStats', ask)
      : this.#withSources(projectId, 'getStats', ask)
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
    const { answer } = await this.#ask({ type: 'chat', ...scope }, checkOptions({}, 'getStats'), undefined)
    if (isEmpty(answer)) throw chatNotFound('getStats', scope.chatId)
  }

  /** `use` may be called again, when files were closed, compressed or deleted while it worked. */
  async #withSources<T>(
    projectId: string | undefined,
    operation: string,
    use: (sources: readonly StatsSource[]) => Promise<T>,
  ): Promise<T> {
    const opened = await this.#parts.projects.chosen(projectId, operation)
    return withStillList(() => this.#list(opened, projectId), isSameList, use)
  }

  #list(projects: readonly OpenProject[], projectId: string | undefined): StatsSource[] {
    return projects.flatMap(({ id, logsDir }) => {
      const files = this.#unlessRefused(logsDir, projectId, () => listFiles(logsDir, REQUESTS))
      return files === undefined ? [] : [{ projectId: id, files }]
    })
  }

  /** The files have second links, so that they can be read to their end whatever becomes of them. */
  async #withHeldSources<T>(
    projectId: string | undefined,
    operation: string,
    use: (sources: readonly StatsSource[]) => Promise<T>,
  ): Promise<T> {
    const opened = await this.#parts.projects.chosen(projectId, operation)
    const snapshots: { id: string; snapshot: Snapshot }[] = []
    try {
      for (const { id, logsDir } of opened) {
        const snapshot = this.#unlessRefused(logsDir, projectId, () => takeStillSnapshot(logsDir, REQUESTS))
        if (snapshot !== undefined) snapshots.push({ id, snapshot })
      }
      return await use(snapshots.map(({ id, snapshot }) => ({ projectId: id, files: snapshot.files })))
    } finally {
      for (const { snapshot } of snapshots) snapshot[Symbol.dispose]()
    }
  }

  /** Of all projects one whose folder is none is counted as damage, and costs no answer about the others. */
  #unlessRefused<T>(logsDir: string, projectId: string | undefined, read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (projectId !== undefined || !listRefused(logsDir, REQUESTS).includes(logsDir)) throw error
      return undefined
    }
  }

  #loadEngine(): Promise<CountingEngine> {
    this.#engine ??= this.#parts.loadEngine()
    return this.#engine
  }
}

function isEmpty({ measures }: StatsAnswer): boolean {
  return measures.totalRequests + measures.pendingRequests + measures.interruptedRequests === 0
}

function isSameList(before: readonly StatsSource[], after: readonly StatsSource[]): boolean {
  return (
    before.length === after.length &&
    before.every(({ files }, at) => {
      const others = after[at]?.files ?? []
      return files.length === others.length && files.every((file, index) => file === others[index])
    })
  )
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : formatInstant(ms)
}
