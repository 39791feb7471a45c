/** The messages as a file that the engine reads: a line for each. */
import { open } from 'node:fs/promises'
import type { MessageRow } from '../../query-engine.js'
import { withoutLoneSurrogates } from '../lone-surrogates.js'

const BATCH = 1 << 20

/** Gives the bytes of the longest line. */
export async function writeMessageFile(
  path: string,
  messages: AsyncIterable<MessageRow>,
  signal: AbortSignal,
): Promise<number> {
  const file = await open(path, 'wx', 0o600)
  let longest = 0
  try {
    let batch = ''
    for await (const row of messages) {
      signal.throwIfAborted()
      const line = `${withoutLoneSurrogates(jsonOf(row))}\n`
      longest = Math.max(longest, Buffer.byteLength(line))
      batch += line
      if (batch.length < BATCH) continue
      await file.writeFile(batch)
      batch = ''
    }
    await file.writeFile(batch)
  } finally {
    await file.close()
  }
  return longest
}

/** Without the fields that are nested too deep to be written again; only other programs write such. */
function jsonOf({ position, message }: MessageRow): string {
  try {
    return JSON.stringify({ position, message })
  } catch {
    const flat = Object.entries(message).filter(([, value]) => typeof value !== 'object')
    return JSON.stringify({ position, message: Object.fromEntries(flat) })
  }
}
