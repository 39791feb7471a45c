/** The one redactor before every sink of the system log. */
import { toPlainJson } from '../entry/plain-copy.js'
import { isSecretKey, redactText } from '../entry/redact.js'

export type LineRedactor = (line: string) => string

/**
 * Takes a line as pino wrote it and gives the line to write: by name and by look nothing secret is left, neither in
 * the message nor in bindings of children, and it is one object of valid JSON and one `\n`. `redactKeys` are further
 * names, in any case. Works on the text, since pino's own redaction skips frozen objects and differs by version.
 */
export function lineRedactor(redactKeys: readonly string[]): LineRedactor {
  const further = new Set(redactKeys.map((name) => name.toLowerCase()))
  const isSecret =
    further.size === 0
      ? isSecretKey
      : (name: string): boolean => further.has(name.toLowerCase()) || isSecretKey(name)
  return (line) => `${redactText(JSON.stringify(toPlainJson(parse(line), isSecret)))}\n`
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // A serializer of the host's own made broken JSON: the line is kept as text.
    return { level: 'error', time: new Date().toISOString(), name: 'ledgerline', msg: line.trimEnd() }
  }
}
