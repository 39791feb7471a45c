/** A command line that is none: of commander, or of our own rules about which options go together. */
import type { CommanderError } from 'commander'

export const USAGE_HINT = 'ledgerline --help lists the commands, --help after a command its options.'

export class UsageError extends Error {}

/** Commander's `error: unknown command 'x'`, perhaps with a second line of advice, as one sentence without prefix. */
export function usageErrorFrom({ code, message }: CommanderError): UsageError {
  // Without a command it prints the help and throws this.
  if (code === 'commander.help') return new UsageError('a command is needed')
  return new UsageError(message.replace(/^error: /, '').replaceAll('\n', ' '))
}
