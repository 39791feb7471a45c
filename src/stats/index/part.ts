/** The rows of a file as they lie in the index: immutable, narrow, each id once. */

import {
  type ColumnShape,
  decodeCodes,
  decodeDoubles,
  type EncodedColumn,
  encodeCodes,
  encodeDoubles,
  encodeRising,
} from './column.js'
import { CODED, type CodedDimension, type Combination } from './combination.js'
import { PartError } from './part-error.js'
import {
  type Block,
  CODES,
  type CodeColumn,
  type Columns,
  codesOf,
  DOUBLES,
  type DoubleColumn,
  doublesOf,
  type IdKey,
  type Ids,
  isDouble,
  type Texts,
} from './rows.js'
import { loadSections, openSections, packSections, type SectionFile, sectionsInMemory } from './sections.js'
import type { Slices } from './slices.js'
import { orderOfIds, winningRows } from './sorted-rows.js'
import { hasMark, marksOf } from './text-marks.js'

/** Raised whenever the bytes or what they stand for change: a part of another version is made anew. */
const VERSION = 1

/** What a part says of the file it was made from. */
export interface PartFacts {
  /** Of the file; see file-identity.ts. */
  readonly identity: string
  /** Bytes of its content that were read, and the checksum of the last of them (end-sum.ts). */
  readonly content: number
  readonly end: number
  /** Lines that are entries, also those that another line of the file beats. */
  readonly lines: number
  /** Lines that are none, and places where the content breaks off. */
  readonly damaged: number
}

interface Header extends PartFacts {
  readonly version: number
  readonly count: number
  readonly firstMs: number
  readonly lastMs: number
  readonly combinations: readonly Combination[]
  readonly shapes: Readonly<Record<string, ColumnShape>>
}

/** As packSections gives it. Of the block each id is kept once, and only combinations that are used. */
export async function packPart(block: Block, facts: PartFacts, slices: Slices): Promise<Buffer[]> {
  const columns = await block.columns([...DOUBLES, ...CODES])
  const words = wordsByRow(await block.ids(), block.count)
  const order = orderOfIds(words)
  const rows = winningRows(order, words, columns, block.combinations)
  const contents = new Map<string, Uint8Array>()
  const shapes: Record<string, ColumnShape> = {}
  const put = (name: string, { shape, bytes }: EncodedColumn): void => {
    shapes[name] = shape
    contents.set(name, bytes)
  }
  const combinations = usedCombinations(block.combinations, codesOf(columns, 'combination'), rows)
  for (const name of DOUBLES) {
    if (slices.isOver) await slices.rest()
    const values = new Float64Array(rows.length)
    const all = doublesOf(columns, name)
    for (let at = 0; at < rows.length; at++) values[at] = all[rows[at] ?? 0] ?? Number.NaN
    put(name, name === 'start' ? encodeRising(values) : encodeDoubles(values))
  }
  for (const name of CODES) {
    if (slices.isOver) await slices.rest()
    const codes = new Uint32Array(rows.length)
    const all = codesOf(columns, name)
    for (let at = 0; at < rows.length; at++) codes[at] = all[rows[at] ?? 0] ?? 0
    put(
      name,
      encodeCodes(name === 'combination' ? codes.map((code) => combinations.codes[code] ?? 0) : codes),
    )
  }
  packIds(words, order, rows, put)
  contents.set(CHAT_KEYS, new Uint8Array((await block.chatKeys()).buffer))
  for (const dimension of CODED) {
    const texts = await block.texts(dimension)
    const marks = marksOf(texts)
    contents.set(textsOf(dimension), Buffer.from(JSON.stringify(texts)))
    contents.set(marksNameOf(dimension), new Uint8Array(marks.buffer))
  }
  const header: Header = {
    ...facts,
    version: VERSION,
    count: rows.length,
    firstMs: block.firstMs,
    lastMs: block.lastMs,
    combinations: combinations.used,
    shapes,
  }
  return packSections(header, contents)
}

/** A part has its keys in their own order. */
function wordsByRow({ words, rowOf }: Ids, count: number): Uint32Array {
  const byRow = new Uint32Array(count * 3)
  for (let at = 0; at < count; at++) byRow.set(words.subarray(at * 3, at * 3 + 3), rowOf(at) * 3)
  return byRow
}

/** Those that rows have, and the new code of each old one. */
function usedCombinations(
  all: readonly Combination[],
  codes: Uint32Array,
  rows: Uint32Array,
): { used: Combination[]; codes: Uint32Array } {
  const isUsed = new Uint8Array(all.length)
  for (const row of rows) isUsed[codes[row] ?? 0] = 1
  const used = all.filter((_, code) => isUsed[code] === 1)
  let next = 0
  return { used, codes: Uint32Array.from(all, (_, code) => (isUsed[code] === 1 ? next++ : 0)) }
}

/** The keys in order, and the row of each. */
function packIds(
  words: Uint32Array,
  order: Uint32Array,
  rows: Uint32Array,
  put: (name: string, column: EncodedColumn) => void,
): void {
  const placeOf = new Int32Array(words.length / 3).fill(-1)
  rows.forEach((row, place) => {
    placeOf[row] = place
  })
  const keys = new Uint32Array(rows.length * 3)
  const places = new Uint32Array(rows.length)
  let at = 0
  for (const row of order) {
    const place = placeOf[row] ?? -1
    if (place < 0) continue
    keys.set(words.subarray(row * 3, row * 3 + 3), at * 3)
    places[at++] = place
  }
  put('ids', { shape: { kind: 'none' }, bytes: new Uint8Array(keys.buffer) })
  put('idRows', encodeCodes(places))
}

function textsOf(dimension: CodedDimension): string {
  return `${dimension} texts`
}

const CHAT_KEYS = 'chat keys'

function marksNameOf(dimension: CodedDimension): string {
  return `${dimension} marks`
}

export class Part implements Block {
  readonly path: string
  readonly #file: SectionFile<Header>
  /** Kept: four bytes a text, and asked for in every question about a chat. */
  readonly #marks = new Map<CodedDimension, Uint32Array>()

  private constructor(path: string, file: SectionFile<Header>) {
    this.path = path
    this.#file = file
  }

  /** Undefined when there is none. Throws PartError when there is one that cannot be used. */
  static open(path: string): Part | undefined {
    const file = openSections(path)
    return file && Part.#of(path, file)
  }

  /** As open, and all of it is read and held. */
  static load(path: string): Part | undefined {
    const file = loadSections(path)
    return file && Part.#of(path, file)
  }

  /** Of what packPart gave, where it could not be written. */
  static inMemory(path: string, contents: readonly Buffer[]): Part {
    return Part.#of(path, sectionsInMemory(contents))
  }

  static #of(path: string, { header, read }: SectionFile<unknown>): Part {
    if (!isHeader(header)) throw new PartError(path, 'is of another version')
    return new Part(path, { header, read })
  }

  get facts(): PartFacts {
    return this.#file.header
  }

  get count(): number {
    return this.#file.header.count
  }

  get combinations(): readonly Combination[] {
    return this.#file.header.combinations
  }

  get firstMs(): number {
    return this.#file.header.firstMs ?? Number.POSITIVE_INFINITY
  }

  get lastMs(): number {
    return this.#file.header.lastMs ?? Number.NEGATIVE_INFINITY
  }

  async columns(names: readonly (DoubleColumn | CodeColumn)[]): Promise<Columns> {
    const { count } = this
    const contents = await this.#file.read(names)
    const doubles = new Map<DoubleColumn, Float64Array>()
    const codes = new Map<CodeColumn, Uint32Array>()
    for (const [index, name] of names.entries()) {
      const bytes = contents[index] ?? new Uint8Array(0)
      if (isDouble(name)) doubles.set(name, decodeDoubles(this.#shape(name), bytes, count))
      else codes.set(name, decodeCodes(this.#shape(name), bytes, count))
    }
    return { count, doubles, codes }
  }

  async texts(dimension: CodedDimension): Promise<Texts> {
    const [bytes] = await this.#file.read([textsOf(dimension)])
    const texts: unknown = JSON.parse(Buffer.from(bytes ?? []).toString())
    if (!Array.isArray(texts)) throw new PartError(this.path, `has no texts of ${dimension}`)
    return texts
  }

  async mayHave(dimension: CodedDimension, text: string): Promise<boolean> {
    let marks = this.#marks.get(dimension)
    if (marks === undefined) {
      const [bytes] = await this.#file.read([marksNameOf(dimension)])
      marks =
        bytes === undefined
          ? new Uint32Array(0)
          : new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
      this.#marks.set(dimension, marks)
    }
    return hasMark(marks, text)
  }

  async chatKeys(): Promise<Uint32Array> {
    const [bytes] = await this.#file.read([CHAT_KEYS])
    return bytes === undefined
      ? new Uint32Array(0)
      : new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  }

  async ids(): Promise<Ids> {
    const [keys, rows] = await this.#file.read(['ids', 'idRows'])
    if (keys === undefined || rows === undefined) throw new PartError(this.path, 'has no ids')
    const words = new Uint32Array(keys.buffer, keys.byteOffset, this.count * 3)
    const places = decodeCodes(this.#shape('idRows'), rows, this.count)
    const rowOf = (at: number): number => places[at] ?? 0
    return { words, rowOf, find: (key) => findKey(words, key).map(rowOf) }
  }

  #shape(name: string): ColumnShape {
    const shape = this.#file.header.shapes[name]
    if (shape === undefined) throw new PartError(this.path, `has no ${name}`)
    return shape
  }
}

/** The place of a key among sorted ones. */
function findKey(words: Uint32Array, key: IdKey): number[] {
  let low = 0
  let high = words.length / 3
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareKey(words, middle, key) < 0) low = middle + 1
    else high = middle
  }
  return low < words.length / 3 && compareKey(words, low, key) === 0 ? [low] : []
}

function compareKey(words: Uint32Array, at: number, key: IdKey): number {
  for (let word = 0; word < 3; word++) {
    const order = (words[at * 3 + word] ?? 0) - (key[word] ?? 0)
    if (order !== 0) return order
  }
  return 0
}

/** The checksum says that the header is as it was written, so its version says the rest. */
function isHeader(header: unknown): header is Header {
  return typeof header === 'object' && header !== null && 'version' in header && header.version === VERSION
}
