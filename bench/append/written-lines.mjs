// What a round left in its folder, looked at once its process is gone.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { makeText } from './entries.mjs'

/** One line of so many is parsed, and its text compared with the one that was given. */
const COMPARED = 97
/** In every line of an entry, and in no other line of a workspace. */
const MARK = '"chat_id":"chat-'

/** {lines, bytes} of the entries below a folder. Throws when a text is not as it was given. */
export function writtenLines(folder, textBytes) {
  let lines = 0
  let bytes = 0
  const names = readdirSync(folder, { recursive: true })
  for (const name of names) {
    if (!/\.jsonl(\.gz)?$/.test(name)) continue
    if (name.endsWith('.gz') && names.includes(name.slice(0, -3))) continue
    const stored = readFileSync(join(folder, name))
    const content = name.endsWith('.gz') ? gunzipSync(stored) : stored
    for (let from = 0; from < content.length; ) {
      const end = content.indexOf(10, from)
      if (end === -1) throw new Error(`${name} ends within a line`)
      const line = content.subarray(from, end)
      from = end + 1
      if (!line.includes(MARK)) continue
      if (lines++ % COMPARED === 0) compare(line, name, textBytes)
      bytes += line.length + 1
    }
  }
  return { lines, bytes }
}

function compare(line, name, textBytes) {
  const entry = JSON.parse(line.toString())
  const text = entry.metadata?.text ?? entry.attributes?.['metadata.text']
  if (text !== makeText(Number.parseInt(text, 10), textBytes)) {
    throw new Error(`${name} holds a text that was not given: ${text}`)
  }
}
