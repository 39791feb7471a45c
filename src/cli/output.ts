/** Standard output carries data and nothing else; a reader that closes it early is no error. */
import { shownText } from '../errors.js'
import { terminalJson } from './terminal-text.js'

/** True once nobody reads standard output any more. */
let closed = false

/** Call once, before anything is written. */
export function watchPipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    closed = true
    if (error.code === 'EPIPE') return
    process.exitCode = 1
    complain(`ledgerline: standard output: ${error.message}`)
  })
  // Nowhere is left to complain to.
  process.stderr.on('error', () => undefined)
}

export function isOutputClosed(): boolean {
  return closed
}

/** Resolves when the text was taken, so that a slow reader slows the command down. */
export async function writeLine(text: string): Promise<void> {
  await writeOutput(`${text}\n`)
}

/** The same, as it is. */
export async function writeOutput(data: string | Uint8Array): Promise<void> {
  if (closed) return
  await new Promise<void>((resolve) => {
    process.stdout.write(data, () => resolve())
  })
}

/** One line, or indented when a person reads it. */
export async function writeJson(value: unknown): Promise<void> {
  await writeLine(terminalJson(value, process.stdout.isTTY ? 2 : undefined))
}

/** To standard error, without credentials: what was typed is repeated where it is wrong, and printed into logs. */
export function complain(text: string): void {
  process.stderr.write(`${shownText(text)}\n`)
}
