/** Log lines hold prompts and messages from anywhere; on a terminal they must not act, nor look like other lines. */

/** C0 and C1 controls, DEL, zero-width and bidi controls, line and paragraph separators. */
const ACTING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** The text on one line: whatever a terminal acts on stands as its escape. */
export function prettyText(text: string): string {
  return text.replace(
    ACTING,
    (character) => NAMED[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The same for all texts and names of parsed JSON. A stack keeps its lines: they are printed indented. */
export function prettyValue(value: unknown, name?: string): unknown {
  if (typeof value === 'string') {
    return name === 'stack' ? value.split('\n').map(prettyText).join('\n') : prettyText(value)
  }
  if (Array.isArray(value)) return value.map((item) => prettyValue(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [prettyText(key), prettyValue(item, key)]),
  )
}
