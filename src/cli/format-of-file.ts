/** The format that the name of an output file says. */
import { extname } from 'node:path'
import { UsageError } from './usage-error.js'

/** `formats` by ending, in lower case. Undefined for a name without an ending; one that says nothing is a usage error. */
export function formatOfFile<Format>(path: string, formats: ReadonlyMap<string, Format>): Format | undefined {
  const ending = extname(path)
  if (ending === '') return undefined
  const format = formats.get(ending.toLowerCase())
  if (format !== undefined) return format
  const known = [...formats.keys()].join(', ')
  throw new UsageError(
    `--output: ${JSON.stringify(ending.slice(0, 60))} says no format; known are ${known}; or say it with --format`,
  )
}
