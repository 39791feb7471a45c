/** getStats and getLLMRequestLogs: the checked question, the files as they are now, the engine's answer. */
import type { LoggedEntry } from '../entry/entry.js'
import { formatInstant } from '../entry/timestamp.js'
import { invalid, NotFoundError } from '../errors.js'
import { parseEntry } from '../journal/parse-entry.js'
import { livenessOf } from '../journal/process-identity.js'
import type { Prices } from '../pricing/prices.js'
import { cancelled } from '../stats/cancelled.js'
import type { LiveCounters } from '../stats/live-counters.js'
import type { LogFilter, LogPage } from '../stats/log-questions.js'
import { type Conditions, checkOptions, checkScope, isAboutMetadata } from '../stats/question.js'
import type {
  CountingEngine,
  Repricing,
  Stats,
  StatsAnswer,
  StatsOptions,
  StatsScope,
} from '../stats/stats-engine.js'
import { checkSignal, untilCancelled } from './cancellation.js'
import { formatCursor, parseCursor } from './cursor.js'
import type { CountTable } from './integrity/counts.js'
import { chatNotFound, checkId, type OpenProject, type Projects } from './projects.js'
import { isSameList, type ListedSources, SourceLists } from './source-lists.js'
import { withSources } from './sources.js'
import { withStillList } from './still-listing.js'
import { integrityOf } from './tally.js'

export interface StatsDeskParts {
  readonly projects: Projects
  /** What was rejected, dropped and recovered, by all processes. */
  readonly counts: () => Promise<CountTable>
  /** Called when somebody asks for today's costs. */
  readonly loadPrices: () => Promise<Prices>
  /** Called at the first question. */
  readonly loadEngine: () => Promise<CountingEngine>
}

const MAX_PAGE = 1_000
const DEFAULT_PAGE = 50

export class StatsDesk {
  readonly #parts: StatsDeskParts
  readonly #lists = new SourceLists()
  #engine: Promise<CountingEngine> | undefined

  constructor(parts: StatsDeskParts) {
    this.#parts = parts
  }

  /** As Ledger.getStats says. */
  async stats(scope: StatsScope, options: StatsOptions): Promise<Stats> {
    const checked = checkScope(scope, 'getStats')
    const conditions = {
      ...checkOptions(options, 'getStats', ['signal', 'repriced']),
      reprice: await this.#repricing(options.repriced),
    }
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

  /** USD and unpriced requests of those that began from `fromMs` to `toMs`, both included, epoch ms or infinite. Throws as stats. */
  async spent(
    scope: StatsScope,
    { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  ): Promise<{ usd: number; unpriced: number }> {
    const range = {
      ...(Number.isFinite(fromMs) ? { fromDate: formatInstant(fromMs) } : {}),
      ...(Number.isFinite(toMs) ? { toDate: formatInstant(toMs) } : {}),
    }
    try {
      const { summary } = await this.stats(scope, range)
      return { usd: summary.estimatedCost, unpriced: summary.unpricedRequests }
    } catch (error) {
      // A budget is looked at before the first request of its chat, too.
      if (error instanceof NotFoundError && error.code === 'CHAT_NOT_FOUND') return { usd: 0, unpriced: 0 }
      throw error
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
    const opened = await this.#parts.projects.chosen(projectId, operation)
    const lines = await withSources(opened, projectId !== undefined, async (sources) => {
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
    const list = (): Promise<ListedSources> => this.#lists.list(projects, false)
    for (let listed = await list(), isTold = false; !isTold; listed = await list()) {
      isTold = await engine.chats(listed.sources, {
        take: (...chat) => counters.take(...chat),
        async begin() {
          counters.clear()
          return isSameList(listed, await list())
        },
      })
    }
  }

  async close(): Promise<void> {
    const engine = this.#engine
    this.#engine = undefined
    await (await engine?.catch(() => undefined))?.close()
  }

  async #ask(scope: StatsScope, conditions: Conditions, signal: AbortSignal | undefined): Promise<Counted> {
    if (signal?.aborted) throw cancelled('getStats', signal)
    const projectId = scope.type === 'global' ? undefined : scope.projectId
    const engine = await this.#loadEngine()
    const ask = async ({ sources, refused }: ListedSources): Promise<Counted> => {
      const answer = await engine.stats({
        sources,
        chatId: scope.type === 'chat' ? scope.chatId : undefined,
        isGone: (writer) => ['gone', 'rebooted'].includes(livenessOf(writer)),
        signal,
        ...conditions,
      })
      const unreadable = projectId === undefined ? this.#parts.projects.unreadable.length : 0
      return { answer, damaged: answer.damaged + refused + unreadable }
    }
    const opened = await this.#parts.projects.chosen(projectId, 'getStats')
    // The index reads what is new at once; the lines themselves are held, so that nobody takes them away meanwhile.
    if (isAboutMetadata(conditions) || conditions.reprice !== undefined) {
      const { refused } = await this.#lists.list(opened, projectId !== undefined)
      return withSources(opened, projectId !== undefined, (sources) => ask({ sources, refused }))
    }
    return withStillList(() => this.#lists.list(opened, projectId !== undefined), isSameList, ask)
  }

  async #repricing(repriced: unknown): Promise<Repricing | undefined> {
    if (repriced === undefined || repriced === false) return undefined
    if (repriced !== true) throw invalid('getStats', 'INVALID_OPTION', 'repriced', 'is not true or false')
    const prices = await this.#parts.loadPrices()
    return (request) => prices.price(request).amount
  }

  /** A chat exists when it was created or when an entry names it. */
  async #checkChatExists(scope: { projectId: string; chatId: string }): Promise<void> {
    if ((await this.#parts.projects.chats(scope.projectId, 'getStats')).has(scope.chatId)) return
    const { answer } = await this.#ask({ type: 'chat', ...scope }, checkOptions({}, 'getStats'), undefined)
    if (isEmpty(answer)) throw chatNotFound('getStats', scope.chatId)
  }

  #loadEngine(): Promise<CountingEngine> {
    this.#engine ??= this.#parts.loadEngine()
    return this.#engine
  }
}

interface Counted {
  readonly answer: StatsAnswer
  readonly damaged: number
}

function isEmpty({ measures }: StatsAnswer): boolean {
  return measures.totalRequests + measures.pendingRequests + measures.interruptedRequests === 0
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : formatInstant(ms)
}
