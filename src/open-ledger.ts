/** Wiring: the stages of an open ledger, each behind the calls of the public face. */
import { FileSystemError, StateError } from './errors.js'
import { makeFolder } from './journal/make-folder.js'
import { REQUESTS } from './journal/project-journal.js'
import { takeSnapshot } from './journal/snapshot.js'
import { drainOnSignal } from './ledger/drain-on-signal.js'
import { appendEvent, checkEvent } from './ledger/events.js'
import { resolveOptions } from './ledger/options.js'
import { checkId, Projects } from './ledger/projects.js'
import { startRequest } from './ledger/request-handle.js'
import { RequestLog } from './ledger/request-log.js'
import { StatsDesk } from './ledger/stats-desk.js'
import { Tally } from './ledger/tally.js'
import { UnderWay } from './ledger/under-way.js'
import type { Ledger, LedgerOptions } from './ledger.js'
import { LiveCounters } from './stats/live-counters.js'
import { checkScope } from './stats/question.js'
import { openSystemLog } from './system-log/system-log.js'

/**
 * Opens the ledger of a workspace. Nothing needs to exist before. Throws ValidationError INVALID_OPTION,
 * FileSystemError WORKSPACE_NOT_WRITABLE. Close it with
 * close() or `await using`; SIGTERM drains it.
 */
export async function openLedger(options: LedgerOptions = {}): Promise<Ledger> {
  const { workspace, durability, maxBytes, liveCounters } = resolveOptions(options, process.env)
  makeWorkspace(workspace)
  const systemLog = await openSystemLog(workspace, options.systemLog)
  const log = systemLog.child('ledgerline')
  const tally = new Tally()
  const counters = new LiveCounters()
  const projects = new Projects(workspace, options.projects, {
    sync: durability === 'fsync',
    maxBytes,
    onTornTail: (torn) => {
      tally.recovered++
      log.warn({ ...torn }, 'an unfinished line was fenced off')
    },
  })
  const requests = new RequestLog({
    projects,
    counters,
    tally,
    report: (message, context) => log.error(context, message),
  })
  const desk = new StatsDesk({
    projects,
    tally,
    loadEngine: async () => (await import('./stats/duckdb/engine.js')).createDuckDbEngine(),
  })
  if (liveCounters) await hydrate(counters, projects)

  const deferred = new UnderWay()
  const appends = new UnderWay()
  const flush = async (): Promise<void> => {
    // A call that just failed reaches its capture a few microtasks after it reaches the caller.
    await new Promise((resolve) => setImmediate(resolve))
    await deferred.settled(FLUSH_DEADLINE_MS)
  }
  let closing: Promise<void> | undefined
  let closed = false
  const close = (): Promise<void> => {
    closing ??= (async () => {
      stopDraining()
      await flush()
      closed = true
      await Promise.all([requests.close(), appends.settled()])
      await projects.close()
      await desk.close()
      await systemLog.close()
    })()
    return closing
  }
  const stopDraining = drainOnSignal(close)
  const whileOpen = (operation: string): void => {
    if (closed) throw new StateError('LEDGER_CLOSED', 'the ledger is closed', { operation })
  }
  /** An append that close() waits for. */
  const append = async <T>(operation: string, work: () => Promise<T>): Promise<T> => {
    whileOpen(operation)
    return appends.track(work())
  }

  return {
    workspace,
    createProject: (input) => append('createProject', () => projects.create(input)),
    getProject: (projectId) => projects.get(projectId),
    listProjects: () => projects.list(),
    createChat: (input) => append('createChat', () => projects.createChat(input)),
    getChat: (projectId, chatId) => projects.getChat(projectId, chatId),
    listChats: async (projectId) => [...(await projects.chats(projectId, 'listChats')).values()],

    logLLMRequest: (entry, logOptions) => requests.log(() => entry, logOptions, 'logLLMRequest'),
    startLLMRequest: (entry, logOptions) => startRequest(requests, entry, logOptions ?? {}),

    async getStats(scope, statsOptions = {}) {
      whileOpen('getStats')
      return desk.stats(scope, statsOptions)
    },
    getCachedStats: (scope) => counters.read(checkScope(scope, 'getCachedStats')),
    async getProjectMetrics(projectId) {
      await projects.open(projectId, 'getProjectMetrics')
      return counters.read({ type: 'project', projectId })
    },
    async getChatMetrics(projectId, chatId) {
      checkId('getChatMetrics', 'INVALID_CHAT_ID', 'chatId', chatId)
      await projects.open(projectId, 'getChatMetrics')
      return counters.read({ type: 'chat', projectId, chatId })
    },
    getGlobalMetrics: async () => counters.read({ type: 'global' }),
    async getLLMRequestLogs(filter = {}) {
      whileOpen('getLLMRequestLogs')
      return desk.logs(filter)
    },

    appendMessage: (message) =>
      append('appendMessage', async () => {
        const { chatLog } = await projects.open(message?.project_id, 'appendMessage')
        return chatLog.append(message)
      }),
    appendMessages: (projectId, chatId, history) =>
      append('appendMessages', async () => {
        const { chatLog } = await projects.open(projectId, 'appendMessages')
        return chatLog.appendHistory(projectId, chatId, history)
      }),
    async readChat(projectId, chatId) {
      checkId('readChat', 'INVALID_CHAT_ID', 'chatId', chatId)
      const { chatLog } = await projects.open(projectId, 'readChat')
      return chatLog.read(chatId)
    },

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
      log.error(
        { event_type: 'error', context, error },
        error instanceof Error ? error.message : String(error),
      )
    },
    async logWarning(message, context = {}) {
      log.warn({ event_type: 'warning', context }, message)
    },
    getLogger: (name) => systemLog.child(name),

    integrity: () => tally.read(0),
    defer(work) {
      void deferred.track(work).catch(() => undefined)
    },
    flush,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Throws FileSystemError WORKSPACE_NOT_WRITABLE when there is no such folder and it cannot be made. */
function makeWorkspace(path: string): void {
  try {
    makeFolder(path)
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : ''
    const message = `cannot make the folder ${path}${reason}`
    throw new FileSystemError('WORKSPACE_NOT_WRITABLE', message, { operation: 'openLedger', path, cause })
  }
}

/** Captures write in milliseconds; a host that calls on without end does not hold up its own close(). */
const FLUSH_DEADLINE_MS = 5_000

/** Counts what the files hold, so that the live counters begin complete. */
async function hydrate(counters: LiveCounters, projects: Projects): Promise<void> {
  for (const { logsDir } of await projects.openAll('openLedger')) {
    const snapshot = takeSnapshot(logsDir, REQUESTS)
    try {
      await counters.hydrate(snapshot.files)
    } finally {
      snapshot[Symbol.dispose]()
    }
  }
}
