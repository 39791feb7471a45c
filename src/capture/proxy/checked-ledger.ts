/** A ledger for calls whose project came with a request: one that it does not know is no error of each of its calls. */
import { isId } from '../../entry/ids.js'
import { LedgerlineError, NotFoundError, ValidationError } from '../../errors.js'
import type { Ledger } from '../../ledger.js'
import type { CaptureOptions } from '../capture.js'
import type { Unlogged } from './unlogged.js'

export type ProxyLedger = CaptureOptions['ledger'] &
  Pick<Ledger, 'getProject' | 'getProjectMetrics' | 'logWarning'>

/** How long a project stays unknown, in ms: it may be made meanwhile. */
const UNKNOWN_MS = 5_000
const MAX_REMEMBERED = 10_000

class UnknownProject extends Error {}

/** Passes everything on for projects that exist; a request for another one is told to `unlogged`, once. */
export function checkedLedger(ledger: ProxyLedger, unlogged: Unlogged): CaptureOptions['ledger'] {
  /** When each project was last not found, ms of performance.now(); Infinity for one that is there. */
  const remembered = new Map<string, number>()

  const exists = async (projectId: string): Promise<boolean> => {
    const checkedAt = remembered.get(projectId)
    if (checkedAt === Number.POSITIVE_INFINITY) return true
    if (checkedAt !== undefined && performance.now() - checkedAt < UNKNOWN_MS) return false
    const found = await isThere(ledger, projectId)
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(projectId, found ? Number.POSITIVE_INFINITY : performance.now())
    return found
  }
  const require = async (projectId: string): Promise<void> => {
    if (!(await exists(projectId))) throw new UnknownProject()
  }

  return {
    async startLLMRequest(entry, options) {
      if (!(await exists(entry.project_id))) {
        unlogged.tell('the project is unknown', { project_id: entry.project_id })
        throw new UnknownProject()
      }
      return ledger.startLLMRequest(entry, options)
    },
    async appendMessage(message) {
      await require(message.project_id)
      return ledger.appendMessage(message)
    },
    async appendMessages(projectId, chatId, history) {
      await require(projectId)
      return ledger.appendMessages(projectId, chatId, history)
    },
    async logError(error, context) {
      if (!(error instanceof UnknownProject)) await ledger.logError(error, context)
    },
    defer: (work) => ledger.defer(work),
  }
}

/** Never rejects. */
export async function isThere(ledger: ProxyLedger, projectId: string): Promise<boolean> {
  try {
    await lookUp(ledger, projectId)
    return true
  } catch (error) {
    // When the disk fails, the ledger itself says what is wrong.
    return !(error instanceof NotFoundError || (error instanceof ValidationError && !isId(projectId)))
  }
}

/** Throws NotFoundError also where the projects are in a registry of the host. */
async function lookUp(ledger: ProxyLedger, projectId: string): Promise<void> {
  try {
    await ledger.getProject(projectId)
  } catch (error) {
    if (!(error instanceof LedgerlineError && error.code === 'REGISTRY_IS_EXTERNAL')) throw error
    await ledger.getProjectMetrics(projectId)
  }
}
