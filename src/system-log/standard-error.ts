/** Lines for a person, on standard error: standard output belongs to the host's data. */
import { prettyText } from './pretty-text.js'

/** A failing write (closed pipe, full disk) is nobody's uncaught exception. */
export function writeStandardError(text: string): void {
  try {
    process.stderr.write(text, (error) => {
      // The callback comes before the 'error' event, which would end the process without a listener.
      if (error) process.stderr.once('error', () => undefined)
    })
  } catch {
    // No standard error at all: there is nowhere left to say it.
  }
}

/** The log's own trouble, as one line. */
export function reportTrouble(message: string): void {
  writeStandardError(`ledgerline: ${prettyText(message)}\n`)
}
