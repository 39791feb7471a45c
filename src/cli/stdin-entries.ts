/** Entries of standard input: one JSON object over any number of lines, or one a line. */
import { type InputLine, MAX_LINE_BYTES, readLines } from './stdin-lines.js'

export type InputEntry =
  | { readonly line: number; readonly value: unknown }
  | { readonly line: number; readonly problem: string }

/** Each value with the number of its first line. What is no JSON is a problem, and the next line is read. */
export async function* readEntries(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<InputEntry> {
  let opening: OpenObject | undefined
  let isFirst = true
  for await (const line of readLines(chunks)) {
    if (isFirst && beginsObject(line)) opening = new OpenObject()
    isFirst = false
    if (opening === undefined) {
      yield parseLine(line)
    } else if (!opening.add(line)) {
      yield* opening.asLines()
      opening = undefined
    }
  }
  if (opening !== undefined) yield* opening.asOneValue()
}

/** The lines of an object whose first line is not JSON of its own: it is one object, or its first line is bad. */
class OpenObject {
  readonly #lines: InputLine[] = []
  #size = 0

  /** False once the lines cannot be one object any more. */
  add(line: InputLine): boolean {
    this.#lines.push(line)
    if (!('text' in line)) return false
    this.#size += line.text.length
    // A line that is an object by itself, at the margin, belongs to no other.
    return this.#size <= MAX_LINE_BYTES && !(line.text.startsWith('{') && 'value' in parseLine(line))
  }

  *asLines(): Generator<InputEntry> {
    for (const line of this.#lines) yield parseLine(line)
  }

  *asOneValue(): Generator<InputEntry> {
    const [first] = this.#lines
    const text = this.#lines.map((line) => ('text' in line ? line.text : '')).join('\n')
    const whole = parseLine({ line: first?.line ?? 1, text })
    if ('value' in whole) yield whole
    else yield* this.asLines()
  }
}

function beginsObject(line: InputLine): boolean {
  return 'text' in line && line.text.trimStart().startsWith('{') && 'problem' in parseLine(line)
}

function parseLine(line: InputLine): InputEntry {
  if (!('text' in line)) return line
  try {
    return { line: line.line, value: JSON.parse(line.text) }
  } catch {
    return { line: line.line, problem: 'this is not JSON' }
  }
}
