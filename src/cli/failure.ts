/** Exit codes, and the one line that says what went wrong. */
import { CommanderError } from 'commander'
import { LedgerlineError, ValidationError } from '../index.js'
import { complain } from './output.js'
import { terminalJson, terminalText } from './terminal-text.js'
import { withTypedNames } from './typed-names.js'
import { USAGE_HINT, UsageError, usageErrorFrom } from './usage-error.js'

/** 0 ok; 1 it failed; 2 the command line is wrong. */
export type ExitCode = 0 | 1 | 2

/** What a command prints and exits with. */
export function report(thrown: unknown, json: boolean): ExitCode {
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode === 0) return 0
    // People have got the help.
    if (thrown.code === 'commander.help' && !json) return 2
  }
  const error = thrown instanceof CommanderError ? usageErrorFrom(thrown) : withTypedNames(thrown)
  complainOf(error, json)
  // What a command other than `log` validates is what was typed, but for the file of prices.
  const isTyped = error instanceof ValidationError && error.code !== 'PRICES_INVALID'
  return error instanceof UsageError || isTyped ? 2 : 1
}

/** On standard error, as a command that fails does it. */
export function complainOf(error: unknown, json: boolean): void {
  complain(json ? terminalJson(errorJson(error)) : `ledgerline: ${describe(error)}`)
}

/** The same of what costs the command nothing: it goes on. */
export function warnOf(error: unknown, json: boolean): void {
  complain(json ? terminalJson(errorJson(error)) : `ledgerline: warning: ${describe(error)}`)
}

/** One line: what happened, the code, what to do. */
export function describe(error: unknown): string {
  const message = terminalText(error instanceof Error ? error.message : String(error))
  if (error instanceof UsageError) return `${message} [INVALID_OPTION] ${USAGE_HINT}`
  return error instanceof LedgerlineError ? `${message} [${error.code}] ${error.hint}` : message
}

/** In the shape of an HTTP error. */
export function errorJson(error: unknown): object {
  if (error instanceof LedgerlineError) {
    const problems = error instanceof ValidationError ? { problems: error.problems } : {}
    return { error: error.code, message: error.message, details: { hint: error.hint, ...problems } }
  }
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof UsageError) return { error: 'INVALID_OPTION', message, details: { hint: USAGE_HINT } }
  return { error: 'INTERNAL_ERROR', message, details: {} }
}
