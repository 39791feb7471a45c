/** The records of a file: bytes that may be one are looked at, and parsed only when the importer asks for more. */
import type { FileHandle } from 'node:fs/promises'
import { type Fields, isObject } from '../entry/own-fields.js'
import { LineSplitter } from '../journal/line-splitter.js'
import { contentOf } from '../journal/log-content.js'
import type { Importer } from './importer.js'
import { ObjectSplitter } from './object-splitter.js'

export interface RecordVisitor {
  /** Any record, before it is looked at. */
  met(): void
  read(record: Fields): void
  skip(reason: 'damaged' | 'too_long'): void
  /** After each chunk; `false` ends the reading. What it waits for holds the reading up. */
  chunk(bytes: number): Promise<boolean>
}

const BYTE_ORDER_MARK = Buffer.from('\uFEFF')
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d])
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const LINE_END = 0x0a

/** Throws what the file system throws. */
export async function readRecords(
  handle: FileHandle,
  path: string,
  importer: Importer,
  visitor: RecordVisitor,
): Promise<void> {
  let splitter: LineSplitter | ObjectSplitter | undefined
  for await (let chunk of contentOf(handle, path, () => visitor.skip('damaged'))) {
    const { length } = chunk
    if (splitter === undefined) {
      if (chunk.indexOf(BYTE_ORDER_MARK) === 0) chunk = chunk.subarray(BYTE_ORDER_MARK.length)
      splitter = importer.shape === 'objects' && isSpread(chunk) ? new ObjectSplitter() : new LineSplitter()
    }
    for (const { bytes } of splitter.add(chunk)) visit(bytes, importer, visitor)
    if (!(await visitor.chunk(length))) return
  }
  for (const { bytes } of splitter?.end() ?? []) visit(bytes, importer, visitor)
  await visitor.chunk(0)
}

function visit(bytes: Buffer | undefined, importer: Importer, visitor: RecordVisitor): void {
  if (bytes === undefined) {
    visitor.met()
    visitor.skip('too_long')
    return
  }
  const record = trimmed(bytes)
  if (record.length === 0) return
  visitor.met()
  // Cut lines and zeros show at the ends, without parsing what is about something else.
  if (record[0] !== OPEN_BRACE || record[record.length - 1] !== CLOSE_BRACE) visitor.skip('damaged')
  else if (importer.mayCount(record)) {
    const value = parse(record)
    if (value === undefined) visitor.skip('damaged')
    else visitor.read(value)
  }
}

function parse(record: Buffer): Fields | undefined {
  try {
    const value: unknown = JSON.parse(record.toString())
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Whether the content is an array, or objects as they are printed with indentation: their first line is a brace alone. A
 * line that was cut must not be taken for one of these, or it would hide all that follow.
 */
function isSpread(chunk: Buffer): boolean {
  const content = trimmed(chunk)
  if (content[0] === OPEN_BRACKET) return true
  return (
    content[0] === OPEN_BRACE &&
    trimmed(content.subarray(1, content.indexOf(LINE_END) + 1)).length === 0 &&
    content.includes(LINE_END)
  )
}

function trimmed(bytes: Buffer): Buffer {
  let from = 0
  let to = bytes.length
  while (to > from && SPACES.has(bytes[to - 1] ?? 0)) to--
  while (from < to && SPACES.has(bytes[from] ?? 0)) from++
  return from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to)
}
