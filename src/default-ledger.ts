/** The same functions at top level, on one ledger of the process that is opened at the first call. */
import { StateError } from './errors.js'
import type { Ledger } from './ledger.js'
import { openLedger } from './open-ledger.js'

let opening: Promise<Ledger> | undefined
let opened: Ledger | undefined

/** The default ledger itself, for adapters such as captureOpenAI. */
export function defaultLedger(): Promise<Ledger> {
  opening ??= openLedger().then(
    (ledger) => {
      opened = ledger
      return ledger
    },
    (error: unknown) => {
      opening = undefined
      throw error
    },
  )
  return opening
}

/** The open ledger, for the calls that answer at once. */
function openedLedger(operation: string): Ledger {
  if (opened !== undefined) return opened
  const message = 'the default ledger is not open yet; await any other call first'
  throw new StateError('LEDGER_CLOSED', message, { operation })
}

type Call<Name extends keyof Ledger> = Ledger[Name] extends (...args: infer A) => Promise<infer R>
  ? (...args: A) => Promise<R>
  : never

export const createProject: Call<'createProject'> = async (input) =>
  (await defaultLedger()).createProject(input)
export const getProject: Call<'getProject'> = async (id) => (await defaultLedger()).getProject(id)
export const findProject: Call<'findProject'> = async (name) => (await defaultLedger()).findProject(name)
export const listProjects: Call<'listProjects'> = async () => (await defaultLedger()).listProjects()
export const listUnreadableProjects: Call<'listUnreadableProjects'> = async () =>
  (await defaultLedger()).listUnreadableProjects()
export const createChat: Call<'createChat'> = async (input) => (await defaultLedger()).createChat(input)
export const getChat: Call<'getChat'> = async (...args) => (await defaultLedger()).getChat(...args)
export const listChats: Call<'listChats'> = async (id) => (await defaultLedger()).listChats(id)
export const logLLMRequest: Call<'logLLMRequest'> = async (...args) =>
  (await defaultLedger()).logLLMRequest(...args)
export const startLLMRequest: Call<'startLLMRequest'> = async (...args) =>
  (await defaultLedger()).startLLMRequest(...args)
export const getStats: Call<'getStats'> = async (...args) => (await defaultLedger()).getStats(...args)
export const getProjectMetrics: Call<'getProjectMetrics'> = async (id) =>
  (await defaultLedger()).getProjectMetrics(id)
export const getChatMetrics: Call<'getChatMetrics'> = async (...args) =>
  (await defaultLedger()).getChatMetrics(...args)
export const getGlobalMetrics: Call<'getGlobalMetrics'> = async () =>
  (await defaultLedger()).getGlobalMetrics()
export const checkBudget: Call<'checkBudget'> = async (budget) => (await defaultLedger()).checkBudget(budget)
export const loadPrices: Call<'loadPrices'> = async () => (await defaultLedger()).loadPrices()
export const listBudgets: Call<'listBudgets'> = async () => (await defaultLedger()).listBudgets()
export const getLLMRequestLogs: Call<'getLLMRequestLogs'> = async (filter) =>
  (await defaultLedger()).getLLMRequestLogs(filter)
export const findByResponseId: Call<'findByResponseId'> = async (...args) =>
  (await defaultLedger()).findByResponseId(...args)
export const findByTrace: Call<'findByTrace'> = async (...args) =>
  (await defaultLedger()).findByTrace(...args)
export const query: Call<'query'> = async (...args) => (await defaultLedger()).query(...args)
export const writeParquet: Call<'writeParquet'> = async (...args) =>
  (await defaultLedger()).writeParquet(...args)
export const appendMessage: Call<'appendMessage'> = async (message) =>
  (await defaultLedger()).appendMessage(message)
export const appendMessages: Call<'appendMessages'> = async (...args) =>
  (await defaultLedger()).appendMessages(...args)
export const readChat: Call<'readChat'> = async (...args) => (await defaultLedger()).readChat(...args)
export const logSystemEvent: Call<'logSystemEvent'> = async (event) =>
  (await defaultLedger()).logSystemEvent(event)
export const logProjectEvent: Call<'logProjectEvent'> = async (...args) =>
  (await defaultLedger()).logProjectEvent(...args)
export const logChatEvent: Call<'logChatEvent'> = async (...args) =>
  (await defaultLedger()).logChatEvent(...args)
export const logError: Call<'logError'> = async (...args) => (await defaultLedger()).logError(...args)
export const logWarning: Call<'logWarning'> = async (...args) => (await defaultLedger()).logWarning(...args)
export const rotateLogs: Call<'rotateLogs'> = async (id) => (await defaultLedger()).rotateLogs(id)
export const cleanupOldLogs: Call<'cleanupOldLogs'> = async (options) =>
  (await defaultLedger()).cleanupOldLogs(options)
export const verify: Call<'verify'> = async (options) => (await defaultLedger()).verify(options)
export const repair: Call<'repair'> = async (options) => (await defaultLedger()).repair(options)

/** Throws StateError LEDGER_CLOSED before the first awaited call. */
export const getCachedStats: Ledger['getCachedStats'] = (scope) =>
  openedLedger('getCachedStats').getCachedStats(scope)
/** Throws StateError LEDGER_CLOSED before the first awaited call. */
export const getLogger: Ledger['getLogger'] = (name) => openedLedger('getLogger').getLogger(name)

/** Throws StateError LEDGER_CLOSED before the first awaited call. */
export const integrity: Ledger['integrity'] = () => openedLedger('integrity').integrity()

/** Resolves when what captures have seen until now is written. */
export async function flush(): Promise<void> {
  await opened?.flush()
}

/** Closes the default ledger; the next call opens it again. */
export async function close(): Promise<void> {
  const closing = opening
  opening = undefined
  opened = undefined
  await (await closing?.catch(() => undefined))?.close()
}
