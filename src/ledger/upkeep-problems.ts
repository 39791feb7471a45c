/** What upkeep or a repair could not do, as errors for the caller and the system log. */
import { FileSystemError, LedgerlineError, StateError } from '../errors.js'
import type { OpenProject } from './projects.js'

export function asProblem(cause: unknown, path: string, operation: string): LedgerlineError {
  if (cause instanceof LedgerlineError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  const message = `could not finish with ${path}: ${reason}`
  return new FileSystemError('LOG_WRITE_ERROR', message, { operation, path, cause })
}

/** What waited for another process, or was not begun, when the ledger was closed. */
export function cutOff(path: string, operation: string): StateError {
  const message = 'the ledger was closed before this was done'
  return new StateError('LEDGER_CLOSED', message, { operation, path })
}

export function busy({ logsDir: path }: OpenProject, operation: string): StateError {
  const message = 'another process is at the upkeep of this project'
  return new StateError('UPKEEP_BUSY', message, { operation, path })
}
