/** Wiring: the stages of an open ledger, each behind the calls of the public face. */

import { atExit } from './at-exit.js'
import { StateError } from './errors.js'
import type { JournalOptions } from './journal/project-journal.js'
import { QueueBudget } from './journal/queue-budget.js'
import { BudgetDesk } from './ledger/budgets/budget-desk.js'
import { Crossings } from './ledger/budgets/crossings.js'
import { Deferred } from './ledger/deferred.js'
import { drainOnSignal } from './ledger/drain-on-signal.js'
import { appendEvent, checkEvent } from './ledger/events.js'
import { findProject } from './ledger/find-project.js'
import { hydrate } from './ledger/hydrate.js'
import { IntegrityDesk } from './ledger/integrity/integrity-desk.js'
import { loadEngine } from './ledger/load-engine.js'
import { messagesOf } from './ledger/messages.js'
import { resolveOptions } from './ledger/options.js'
import { readPriceRules } from './ledger/price-rules.js'
import { checkId, Projects } from './ledger/projects.js'
import { QueryDesk } from './ledger/query-desk.js'
import { logRequest, startRequest } from './ledger/request-handle.js'
import { RequestLog } from './ledger/request-log.js'
import { RecentRequests } from './ledger/responses/recent-requests.js'
import { StatsDesk } from './ledger/stats-desk.js'
import { Tally } from './ledger/tally.js'
import { UnderWay } from './ledger/under-way.js'
import { UpkeepDesk } from './ledger/upkeep-desk.js'
import { repairLedger, verifyLedger } from './ledger/verification.js'
import type { Ledger } from './ledger.js'
import type { LedgerOptions } from './ledger-options.js'
import { loadPrices } from './pricing/prices.js'
import { Turnstile } from './stats/duckdb/turnstile.js'
import { LiveCounters } from './stats/live-counters.js'
import { checkScope } from './stats/question.js'
import { serializeError } from './system-log/serialize-error.js'
import { openSystemLog } from './system-log/system-log.js'
import { makeWorkspace } from './workspace/make-workspace.js'

/**
 * Opens the ledger of a workspace. Nothing needs to exist before. Throws ValidationError INVALID_OPTION,
 * INVALID_SEAL_KEY, PRICES_INVALID, FileSystemError WORKSPACE_NOT_WRITABLE. Close it with close() or `await using`; SIGTERM drains it.
 */
export async function openLedger(options: LedgerOptions = {}): Promise<Ledger> {
  const resolved = resolveOptions(options, process.env)
  const { workspace, durability, rotation, liveCounters } = resolved
  const rules = await readPriceRules(options, process.env, workspace)
  makeWorkspace(workspace)
  const systemLog = await openSystemLog(workspace, options.systemLog)
  const log = systemLog.child('ledgerline')
  const tally = new Tally({
    isOpened: (projectId) => projects.opened(projectId) !== undefined,
    listIds: () => projects.ids(),
    onChange: () => integrity.changed(),
  })
  const integrity = new IntegrityDesk({
    workspace,
    tally,
    report: (message, context) => log.error(context, message),
  })
  const counters = new LiveCounters()
  const journal: JournalOptions = {
    sync: durability === 'fsync',
    budget: new QueueBudget(resolved.queue.maxLines, resolved.queue.maxBytes),
    maxBytes: rotation.maxBytes,
    onRotated: (root) => upkeep.rotated(root),
    onTornTail: (torn) => {
      tally.recover(projects.holding(torn.path))
      log.warn({ ...torn }, 'an unfinished line was fenced off')
    },
  }
  const projects = new Projects(workspace, options.projects, journal, (path) => {
    log.warn({ path }, 'a project has logs and no readable project.json: its entries are not counted')
  })
  const { retention, sealKey } = resolved
  const upkeep = new UpkeepDesk({
    projects,
    rotation,
    retention,
    sealKey,
    onTornTail: journal.onTornTail,
    report: (message, context) => log.warn(context, message),
  })
  const requests = new RequestLog({
    projects,
    counters,
    tally,
    budget: journal.budget,
    report: (message, context) => log.error(context, message),
    onEnd: (request, isFirstEnd) => budgets.ended(request, isFirstEnd),
    loadPrices: () => loadPrices(rules),
  })
  // One for all that DuckDB is asked: it works on the threads that Node also writes files with.
  const turnstile = new Turnstile(2)
  const desk = new StatsDesk({
    projects,
    counts: () => integrity.sum(),
    loadPrices: () => loadPrices(rules),
    loadEngine: () => loadEngine(turnstile, workspace),
  })
  const budgets = new BudgetDesk({
    standing: resolved.budgets,
    crossings: new Crossings(workspace),
    ask: (scope, period) => desk.spent(scope, period),
    now: Date.now,
    report: (message, context) => log.error(context, message),
    defer: (work) => deferred.add(work),
  })
  const queries = new QueryDesk({
    projects,
    loadEngine: async () => (await import('./stats/duckdb/query/query.js')).createQueryEngine(turnstile),
  })
  const recent = new RecentRequests()
  if (liveCounters) {
    await hydrate({
      counters,
      projects,
      countFromIndex: (opened) => desk.count(opened, counters),
      onError: (error) => {
        log.error({ error }, 'the live counters begin incomplete: a log could not be read')
      },
    })
  }

  if (resolved.upkeep) upkeep.start()
  integrity.start()
  const deferred = new Deferred()
  const appends = new UnderWay()
  let closing: Promise<void> | undefined
  let closed = false
  const close = (): Promise<void> => {
    closing ??= (async () => {
      stopDraining()
      // First: what waits for another process, or works through a project, would hold up the rest.
      const kept = upkeep.close()
      await deferred.all()
      closed = true
      await Promise.all([requests.close(), appends.settled()])
      await kept
      await projects.close()
      await integrity.close()
      await queries.close()
      await desk.close()
      await systemLog.close()
      forgetExit()
    })()
    return closing
  }
  const stopDraining = drainOnSignal(close)
  const forgetExit = atExit(() => {
    requests.hurry()
    deferred.leave()
    for (const { journal } of projects.allOpened()) journal.writeNow()
  })
  const read = async <T>(operation: string, work: () => Promise<T>): Promise<T> => {
    if (closed) throw new StateError('LEDGER_CLOSED', 'the ledger is closed', { operation })
    return work()
  }
  /** An append that close() waits for. */
  const append = <T>(operation: string, work: () => Promise<T>): Promise<T> =>
    appends.track(read(operation, work))

  return {
    workspace,
    createProject: (input) => append('createProject', () => projects.create(input)),
    getProject: (projectId) => read('getProject', () => projects.get(projectId)),
    findProject: (idOrSlug) => read('findProject', () => findProject(projects, idOrSlug)),
    listProjects: () => read('listProjects', () => projects.list()),
    listUnreadableProjects: () => read('listUnreadableProjects', () => projects.listUnreadable()),
    // Copied before the first wait: the caller may change its object meanwhile.
    async createChat(input) {
      const given = { ...input }
      return append('createChat', () => projects.createChat(given))
    },
    getChat: (projectId, chatId) => read('getChat', () => projects.getChat(projectId, chatId)),
    listChats: (projectId) =>
      read('listChats', async () => [...(await projects.chats(projectId, 'listChats')).values()]),

    logLLMRequest: (entry, logOptions) => logRequest(requests, entry, logOptions ?? {}),
    startLLMRequest: (entry, logOptions) => startRequest(requests, entry, logOptions ?? {}),

    getStats: (scope, statsOptions) => read('getStats', () => desk.stats(scope, statsOptions ?? {})),
    getCachedStats: (scope) => counters.read(checkScope(scope, 'getCachedStats')),
    getProjectMetrics: (projectId) =>
      read('getProjectMetrics', async () => {
        await projects.open(projectId, 'getProjectMetrics')
        return counters.read({ type: 'project', projectId })
      }),
    getChatMetrics: (projectId, chatId) =>
      read('getChatMetrics', async () => {
        checkId('getChatMetrics', 'INVALID_CHAT_ID', 'chatId', chatId)
        await projects.open(projectId, 'getChatMetrics')
        return counters.read({ type: 'chat', projectId, chatId })
      }),
    getGlobalMetrics: async () => counters.read({ type: 'global' }),
    checkBudget: (budget) => read('checkBudget', () => budgets.check(budget, 'checkBudget')),
    loadPrices: () => loadPrices(rules),
    listBudgets: () => read('listBudgets', () => budgets.list()),
    getLLMRequestLogs: (filter) => read('getLLMRequestLogs', () => desk.logs(filter ?? {})),

    findByResponseId: (projectId, responseIds) =>
      read('findByResponseId', async () =>
        recent.byResponse(await projects.open(projectId, 'findByResponseId'), responseIds),
      ),
    findByTrace: (projectId, traceIds) =>
      read('findByTrace', async () =>
        recent.byTrace(await projects.open(projectId, 'findByTrace'), traceIds),
      ),

    query: (sql, queryOptions) => read('query', () => queries.query(sql, queryOptions ?? {})),
    writeParquet: (sql, path, queryOptions) =>
      read('writeParquet', () => queries.writeParquet(sql, path, queryOptions ?? {})),

    ...messagesOf(projects, { read, append }),

    async logSystemEvent(event) {
      const { level, message, ...rest } = checkEvent(event, 'logSystemEvent')
      log[level](rest, message ?? rest.event_type)
    },
    logProjectEvent: (projectId, event) =>
      append('logProjectEvent', async () => {
        const checked = checkEvent(event, 'logProjectEvent')
        await appendEvent(await projects.open(projectId, 'logProjectEvent'), undefined, checked)
      }),
    logChatEvent: (projectId, chatId, event) =>
      append('logChatEvent', async () => {
        const checked = checkEvent(event, 'logChatEvent')
        checkId('logChatEvent', 'INVALID_CHAT_ID', 'chatId', chatId)
        await appendEvent(await projects.open(projectId, 'logChatEvent'), chatId, checked)
      }),
    async logError(error, context = {}) {
      log.error({ event_type: 'error', context, error }, serializeError(error).message)
    },
    async logWarning(message, context = {}) {
      log.warn({ event_type: 'warning', context }, message)
    },
    getLogger: (name) => systemLog.child(name),

    rotateLogs: (projectId) => append('rotateLogs', () => upkeep.rotateLogs(projectId)),
    cleanupOldLogs: (cleanupOptions) => append('cleanupOldLogs', () => upkeep.cleanup(cleanupOptions ?? {})),

    verify: (verifyOptions) => read('verify', () => verifyLedger(projects, verifyOptions ?? {})),
    repair: (repairOptions) =>
      append('repair', () => repairLedger(projects, repairOptions ?? {}, resolved.sealKey, upkeep.closing)),

    integrity: () => tally.read(),
    countUnlogged: () => tally.drop(undefined),
    defer: (work, atExit) => deferred.add(work, atExit),
    flush: () => deferred.soFar(),
    close,
    [Symbol.asyncDispose]: close,
  }
}
