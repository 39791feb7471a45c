/** Pretty lines on standard error, for a developer's terminal. */

import { prettyValue } from './pretty-text.js'
import type { Sink } from './sink.js'
import { writeStandardError } from './standard-error.js'

/** Loads pino-pretty; lines are printed at once, so nothing needs closing. */
export async function openPrettySink(colorize: boolean): Promise<Sink> {
  const { prettyFactory } = await import('pino-pretty')
  const format = prettyFactory({
    colorize,
    ignore: 'pid',
    translateTime: false,
    errorLikeObjectKeys: ['err', 'error'],
  })
  return {
    write(line) {
      writeStandardError(format(prettyValue(JSON.parse(line))))
    },
  }
}

/** The lines as they are, where there is neither a file nor a terminal. */
export const plainSink: Sink = { write: writeStandardError }
