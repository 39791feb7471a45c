/** Lines of a byte stream, within bounds, whatever the bytes are. */

/** A longer line is dropped and reported; a log line may hold 8 MiB. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024

export type InputLine =
  | { readonly line: number; readonly text: string }
  | { readonly line: number; readonly problem: string }

const NEWLINE = 0x0a
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Each line with its number from 1. CRLF ends a line too, a byte order mark is dropped, blank lines are skipped. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<InputLine> {
  let parts: Uint8Array[] = []
  let size = 0
  let line = 1
  const take = (): InputLine | undefined => {
    const result = toLine(parts, size, line)
    parts = []
    size = 0
    line++
    return result
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end))
      const result = take()
      if (result !== undefined) yield result
      start = end + 1
    }
    add(chunk.subarray(start))
  }
  const last = take()
  if (last !== undefined) yield last

  function add(part: Uint8Array): void {
    size += part.length
    // Past the bound only the length is kept.
    if (size > MAX_LINE_BYTES) parts = []
    else parts.push(part)
  }
}

function toLine(parts: readonly Uint8Array[], size: number, line: number): InputLine | undefined {
  if (size > MAX_LINE_BYTES) return { line, problem: `the line is longer than ${MAX_LINE_BYTES} bytes` }
  let text: string
  try {
    text = decoder.decode(Buffer.concat(parts))
  } catch {
    return { line, problem: 'the line is not UTF-8' }
  }
  if (line === 1 && text.startsWith('\uFEFF')) text = text.slice(1)
  return text.trim() === '' ? undefined : { line, text }
}
