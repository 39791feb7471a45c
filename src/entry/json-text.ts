/** Values to the JSON that goes into a line: well-formed, redacted, with no character a reader takes for a line end. */
import { invalid, type ValidationError } from '../errors.js'
import { ownText } from './ids.js'
import { toBoundedJson, wellFormedName } from './plain-copy.js'
import { isPlainJson, MAX_TEXT } from './plain-json.js'
import { isSecretField, REDACTED, redactText } from './redact.js'

/** One line may hold this many characters; readers are built for it (docs/journal-format.md). */
export const MAX_LINE = MAX_TEXT

/** Legal in JSON strings, but taken for line ends by readers that follow Unicode. */
const UNICODE_LINE_END = /[\u0085\u2028\u2029]/g

/** Cheaper than the expression: most texts are of one byte a character and cannot hold the last two. */
function holdsLineEnd(text: string): boolean {
  return text.includes('\u0085') || text.includes('\u2028') || text.includes('\u2029')
}

/** Undefined for what JSON leaves out. Throws ValidationError ENTRY_TOO_LARGE; never anything else. */
export function jsonText(value: unknown, operation: string): string | undefined {
  let json: string | undefined
  try {
    json = JSON.stringify(isPlainJson(value) ? value : boundedCopy(value, operation))
  } catch {
    // A getter or proxy may answer once and throw the second time.
    json = JSON.stringify(boundedCopy(value, operation))
  }
  if (json === undefined) return undefined
  return withoutLineEnds(redactText(json))
}

/** The same JSON, with an escape for what a reader may take for a line end. */
export function withoutLineEnds(json: string): string {
  return holdsLineEnd(json) ? json.replace(UNICODE_LINE_END, escapeCharacter) : json
}

/** `,"name":value`, empty for what JSON leaves out. Throws as jsonText. */
export function jsonField(name: string, value: unknown, operation: string): string {
  const json = isSecretField(name, value) ? `"${REDACTED}"` : jsonText(value, operation)
  return json === undefined ? '' : `,${quoted(name.isWellFormed() ? name : wellFormedName(name))}:${json}`
}

/** The JSON of a name that repeats from line to line: of a field, a model, an environment. */
export function quoted(name: string): string {
  const known = names.get(name)
  if (known !== undefined) return known
  const json = jsonText(name, 'quote') ?? '""'
  if (names.size >= MAX_NAMES) names.clear()
  if (name.length <= MAX_NAME) names.set(ownText(name), json)
  return json
}

/** Bounded, since some are the caller's data. */
const names = new Map<string, string>()
const MAX_NAMES = 1_024
const MAX_NAME = 256

/** What JSON can carry of the value, of its own. Throws ValidationError ENTRY_TOO_LARGE. */
export function boundedCopy<T>(value: T, operation: string): T {
  try {
    // The shape stays; only what JSON has no form for becomes text.
    return toBoundedJson(value) as T
  } catch (error) {
    throw tooLarge(operation, error instanceof Error ? error.message : 'it is too large')
  }
}

export function tooLarge(operation: string, message: string): ValidationError {
  return invalid(operation, 'ENTRY_TOO_LARGE', 'entry', message)
}

/** The whole line with its `\n`, checked. Throws ValidationError ENTRY_TOO_LARGE. */
export function boundedLine(line: string, operation: string): string {
  const characters = line.length - 1
  if (characters > MAX_LINE) throw tooLarge(operation, `its line would hold ${characters} characters`)
  return line
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
