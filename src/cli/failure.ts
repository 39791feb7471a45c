/** Exit codes, and the one line that says what went wrong. */
import { CommanderError } from 'commander'
import { LedgerlineError, ValidationError } from '../index.js'
import { complain } from './output.js'
import { terminalJson, terminalText } from './terminal-text.js'

/** 0 ok; 1 it failed; 2 the command line is wrong. */
export type ExitCode = 0 | 1 | 2

/** What a command prints and exits with. Commander has printed its own errors already. */
export function report(error: unknown, json: boolean): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  complain(json ? terminalJson(errorJson(error)) : `ledgerline: ${describe(error)}`)
  // What a command other than `log` validates is what was typed.
  return error instanceof ValidationError ? 2 : 1
}

/** One line: what happened, the code, what to do. */
export function describe(error: unknown): string {
  const message = terminalText(error instanceof Error ? error.message : String(error))
  return error instanceof LedgerlineError ? `${message} [${error.code}] ${error.hint}` : message
}

/** In the shape of an HTTP error. */
export function errorJson(error: unknown): object {
  if (error instanceof LedgerlineError) {
    const problems = error instanceof ValidationError ? { problems: error.problems } : {}
    return { error: error.code, message: error.message, details: { hint: error.hint, ...problems } }
  }
  return {
    error: 'INTERNAL_ERROR',
    message: error instanceof Error ? error.message : String(error),
    details: {},
  }
}
