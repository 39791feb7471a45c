/** Names, messages and ids come from anywhere; on a terminal they must not move the cursor or reorder a line. */

/** C0, DEL and C1 controls, line and paragraph separators, bidi controls, zero-width and invisible characters. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** The text on one line, with everything a terminal would act on written as an escape: `\n`, `\u001b`. */
export function terminalText(text: string): string {
  return text
    .replace(UNSAFE, (character) => NAMED[character] ?? unicodeEscape(character))
    .replace(LONE_SURROGATE, unicodeEscape)
}

/** The same value as JSON, with the same characters escaped inside its strings. */
export function terminalJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent) ?? 'null'
  // Between the strings there are only the line ends and spaces of the indentation.
  return json.replace(UNSAFE, (character) => (character === '\n' ? character : unicodeEscape(character)))
}

const STRING_OR_CONTROL = /"(?:[^"\\]|\\.)*"|[\u0000-\u001f]/gs

/** JSON that is text already, on one line with the same characters escaped; what is no JSON as a string of it. */
export function terminalRawJson(json: string): string {
  try {
    JSON.parse(json)
  } catch {
    return terminalJson(json)
  }
  // Outside of strings a control character is a space.
  return json.replace(STRING_OR_CONTROL, (part) =>
    part.startsWith('"') ? part.replace(UNSAFE, unicodeEscape).replace(LONE_SURROGATE, unicodeEscape) : ' ',
  )
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
