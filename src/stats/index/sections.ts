/**
 * A file of named sections of bytes: the mark, the length and checksum of the header, the header as JSON, then the sections,
 * each at a multiple of 8 and with a checksum. What was changed or cut is found when it is read.
 */
import { closeSync, constants, fstatSync, openSync, read, readFileSync, readSync } from 'node:fs'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { PartError } from './part-error.js'

const MARK = 0x31494c4c
/** Mark, length and checksum. */
const PREFIX = 12
const ALIGNMENT = 8
const NOTHING = new Uint8Array(0)

export interface Section {
  /** From the start of the first section. */
  readonly at: number
  readonly length: number
  readonly crc: number
}

export interface SectionFile<Header> {
  readonly header: Header
  /** The checksum of the header, which has those of the sections: of two files that have the same one all is the same. */
  readonly sum: number
  /** The contents, in the order of their names. Throws PartError. */
  read(names: readonly string[]): Promise<Uint8Array[]>
}

export function packSections(header: object, contents: ReadonlyMap<string, Uint8Array>): Buffer[] {
  const sections: Record<string, Section> = {}
  const body: Buffer[] = []
  let at = 0
  for (const [name, bytes] of contents) {
    sections[name] = { at, length: bytes.length, crc: crc32(bytes) }
    const padding = paddingOf(bytes.length)
    body.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), Buffer.alloc(padding))
    at += bytes.length + padding
  }
  const text = Buffer.from(JSON.stringify({ ...header, sections, bytes: at }))
  const prefix = Buffer.alloc(PREFIX)
  prefix.writeUInt32LE(MARK, 0)
  prefix.writeUInt32LE(text.length, 4)
  prefix.writeUInt32LE(crc32(text), 8)
  return [prefix, text, Buffer.alloc(paddingOf(PREFIX + text.length)), ...body]
}

/** Undefined when there is no such file. Throws PartError when it is no whole file of sections. */
export function openSections(path: string): SectionFile<unknown> | undefined {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw partError(path, error)
  }
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw new PartError(path, 'is no regular file')
    const { size } = stat
    const { header, sum, start } = readHeader(path, size, (at, length) => {
      const bytes = Buffer.alloc(length)
      return bytes.subarray(0, readSync(file, bytes, 0, length, at))
    })
    return { header, sum, read: (names) => readSections(path, header.sections, start, names) }
  } catch (error) {
    throw partError(path, error)
  } finally {
    closeSync(file)
  }
}

/** Whatever cannot be read or parsed is damage of the part. */
function partError(path: string, error: unknown): PartError {
  if (error instanceof PartError) return error
  return new PartError(path, error instanceof Error ? error.message : String(error))
}

/** The same, read as a whole. */
export function loadSections(path: string): SectionFile<unknown> | undefined {
  const file = openSections(path)
  if (file === undefined) return undefined
  try {
    return sectionsIn(path, readFileSync(path))
  } catch (error) {
    throw partError(path, error)
  }
}

/** The same over what packSections gave, where it could not be written. */
export function sectionsInMemory(contents: readonly Uint8Array[]): SectionFile<unknown> {
  return sectionsIn('memory', Buffer.concat(contents))
}

function sectionsIn(path: string, whole: Buffer): SectionFile<unknown> {
  const { header, sum, sections, bytesOf } = sectionsWithin(path, whole)
  for (const [name, { crc }] of Object.entries(sections)) {
    if (crc32(bytesOf(name)) !== crc) throw new PartError(path, `has damaged ${name}`)
  }
  // A copy begins at a multiple of 8.
  return { header, sum, read: (names) => Promise.resolve(names.map((name) => new Uint8Array(bytesOf(name)))) }
}

/** The same over bytes that begin at a multiple of 8 and are known to be as they were written. */
export function sectionsWithin(
  path: string,
  whole: Buffer,
): {
  readonly header: unknown
  readonly sum: number
  readonly sections: Readonly<Record<string, Section>>
  readonly bytesOf: (name: string) => Buffer
} {
  const { header, sum, start } = readHeader(path, whole.length, (at, length) =>
    whole.subarray(at, at + length),
  )
  const { sections } = header
  return {
    header,
    sum,
    sections,
    bytesOf(name) {
      const { at, length } = sectionOf(path, sections, name)
      return whole.subarray(start + at, start + at + length)
    },
  }
}

/** A section of numbers of 32 bits. */
export function wordsIn(bytes: Uint8Array = NOTHING): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
}

interface Contents {
  readonly sections: Readonly<Record<string, Section>>
  /** Of all sections. */
  readonly bytes: number
}

function readHeader(
  path: string,
  size: number,
  readAt: (at: number, length: number) => Buffer,
): { header: Contents; sum: number; start: number } {
  const prefix = readAt(0, PREFIX)
  if (prefix.length < PREFIX || prefix.readUInt32LE(0) !== MARK) throw new PartError(path, 'is no part')
  const length = prefix.readUInt32LE(4)
  const text = length > size ? prefix : readAt(PREFIX, length)
  const sum = prefix.readUInt32LE(8)
  if (crc32(text) !== sum) throw new PartError(path, 'has a damaged header')
  const header: unknown = JSON.parse(text.toString())
  const start = PREFIX + length + paddingOf(PREFIX + length)
  if (!hasSections(header) || size !== start + header.bytes) throw new PartError(path, 'is cut')
  return { header, sum, start }
}

async function readSections(
  path: string,
  sections: Contents['sections'],
  start: number,
  names: readonly string[],
): Promise<Uint8Array[]> {
  let file: number | undefined
  try {
    // To open and to close take microseconds, and a trip to another thread several times as long.
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    const asked = new Map(names.map((name) => [name, sectionOf(path, sections, name)] as const))
    const contents = new Map<Section, Uint8Array>()
    for (const run of runsOf([...asked.values()])) {
      const at = run[0]?.at ?? 0
      const bytes = new Uint8Array(Math.max(...run.map((section) => section.at + section.length)) - at)
      if (bytes.length > 0) await readAt(file, bytes, 0, bytes.length, start + at)
      for (const section of run) {
        contents.set(section, bytes.subarray(section.at - at, section.at - at + section.length))
      }
    }
    return names.map((name) => {
      const section = asked.get(name)
      const bytes = (section && contents.get(section)) ?? NOTHING
      if (section === undefined || crc32(bytes) !== section.crc)
        throw new PartError(path, `has damaged ${name}`)
      return bytes
    })
  } catch (error) {
    throw partError(path, error)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Sections that are read at once: what lies between two of a run is less than another read costs. */
function runsOf(sections: readonly Section[]): Section[][] {
  const runs: Section[][] = []
  let end = Number.NEGATIVE_INFINITY
  for (const section of sections.toSorted((a, b) => a.at - b.at)) {
    if (section.at - end > MAX_GAP) runs.push([])
    runs.at(-1)?.push(section)
    end = section.at + section.length
  }
  return runs
}

const MAX_GAP = 1 << 16
const readAt = promisify(read)

function sectionOf(path: string, sections: Contents['sections'], name: string): Section {
  const section = sections[name]
  if (section === undefined) throw new PartError(path, `has no ${name}`)
  return section
}

function paddingOf(length: number): number {
  return (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT
}

function hasSections(header: unknown): header is Contents {
  return typeof header === 'object' && header !== null && 'sections' in header && 'bytes' in header
}
