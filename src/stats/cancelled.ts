import { LedgerlineError, StateError } from '../errors.js'

/** The failure of a question that was given up: what closed the ledger, or StateError QUERY_CANCELLED. */
export function cancelled(operation: string, signal: AbortSignal): Error {
  if (signal.reason instanceof LedgerlineError) return signal.reason
  return new StateError('QUERY_CANCELLED', `${operation} was cancelled`, { operation, cause: signal.reason })
}
