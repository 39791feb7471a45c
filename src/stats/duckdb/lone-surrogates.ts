/**
 * Escapes of half a character (`\ud800` without its other half): JSON allows them, entries that other programs wrote
 * may hold them, and the engine takes their whole line for damage. U+FFFD stands for them, as in the lines written here.
 */
import { parseEntry } from '../../journal/parse-entry.js'
import { readLines } from '../../journal/read-lines.js'

/** One escape after another, so that neither the second half of a pair nor what follows `\\` is taken for one. */
const ESCAPE =
  /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|.)/g

/** The JSON text with U+FFFD for each. */
export function withoutLoneSurrogates(json: string): string {
  if (!json.includes('\\ud') && !json.includes('\\uD')) return json
  return json.replace(ESCAPE, (whole, lone?: string) => (lone === undefined ? whole : '\ufffd'))
}

/** Whether there is one in an entry of the file, from byte `start` on; and where to go on when the file has grown. */
export async function findLoneSurrogates(
  path: string,
  start: number,
): Promise<{ isFound: boolean; to: number }> {
  let to = start
  for await (const line of readLines(path, start)) {
    if (line.terminated) to = line.to
    if (line.text === undefined || withoutLoneSurrogates(line.text) === line.text) continue
    if (parseEntry(line.text) !== undefined) return { isFound: true, to }
  }
  return { isFound: false, to }
}
