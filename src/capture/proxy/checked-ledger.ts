/** A ledger for calls whose project came with a request: one that it does not know is no error of each of its calls. */
import { isId } from '../../entry/ids.js'
import { NotFoundError, ValidationError } from '../../errors.js'
import type { CaptureOptions } from '../capture.js'
import { lookUp, type ProjectLookUp, projectIdOf } from './project-id.js'
import type { Unlogged, UnloggedLedger } from './unlogged.js'

export type ProxyLedger = CaptureOptions['ledger'] & ProjectLookUp & UnloggedLedger

/** How long a project stays unknown, in ms: it may be made meanwhile. */
const UNKNOWN_MS = 5_000
const MAX_REMEMBERED = 10_000

class UnknownProject extends Error {}

/**
 * Passes everything on for projects that exist, which may be named by their slug; a request for another one is told to
 * `unlogged`, once.
 */
export function checkedLedger(ledger: ProxyLedger, unlogged: Unlogged): CaptureOptions['ledger'] {
  /** By what named it: the id of each project, or when it was last not found, ms of performance.now(). */
  const remembered = new Map<string, string | number>()

  const idOf = async (named: string): Promise<string | undefined> => {
    const known = remembered.get(named)
    if (typeof known === 'string') return known
    if (known !== undefined && performance.now() - known < UNKNOWN_MS) return undefined
    try {
      const id = await projectIdOf(ledger, named)
      remember(named, id)
      return id
    } catch (error) {
      // When the disk fails, the ledger itself says what is wrong.
      if (!isUnknown(error, named)) return named
      remember(named, performance.now())
      return undefined
    }
  }
  const remember = (named: string, found: string | number): void => {
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(named, found)
  }
  const require = async (named: string): Promise<string> => {
    const id = await idOf(named)
    if (id === undefined) throw new UnknownProject()
    return id
  }
  return {
    async logLLMRequest(entry, options) {
      const id = await idOf(entry.project_id)
      if (id !== undefined) return ledger.logLLMRequest({ ...entry, project_id: id }, options)
      // The pending line and the final one are of one request.
      if (entry.status !== 'pending')
        unlogged.tell('the project is unknown', { project_id: entry.project_id })
      throw new UnknownProject()
    },
    async appendMessage(message) {
      return ledger.appendMessage({ ...message, project_id: await require(message.project_id) })
    },
    async appendMessages(named, chatId, history, options) {
      return ledger.appendMessages(await require(named), chatId, history, options)
    },
    async logError(error, context) {
      if (!(error instanceof UnknownProject)) await ledger.logError(error, context)
    },
    defer: (work, atExit) => ledger.defer(work, atExit),
  }
}

/** By its id alone: a capture names its own project by nothing else. Never rejects. */
export async function isThere(ledger: ProxyLedger, projectId: string): Promise<boolean> {
  try {
    await lookUp(ledger, projectId)
    return true
  } catch (error) {
    return !isUnknown(error, projectId)
  }
}

function isUnknown(error: unknown, named: string): boolean {
  return error instanceof NotFoundError || (error instanceof ValidationError && !isId(named))
}
