/** The rows of a file as they lie in the index: immutable, narrow, each id once. */
import { type ColumnShape, decodeCodes, decodeDoubles } from './column.js'
import type { CodedDimension, Combination } from './combination.js'
import { PartError } from './part-error.js'
import { CHAT_KEYS, marksNameOf, type PartFacts, type PartHeader, textsOf, VERSION } from './part-format.js'
import {
  type Block,
  type CodeColumn,
  type Columns,
  type DoubleColumn,
  type IdKey,
  type Ids,
  isDouble,
  type Texts,
} from './rows.js'
import { loadSections, openSections, type SectionFile, sectionsInMemory } from './sections.js'
import { hasMark } from './text-marks.js'

export class Part implements Block {
  readonly path: string
  readonly #file: SectionFile<PartHeader>
  /** Kept: four bytes a text, and asked for in every question about a chat. */
  readonly #marks = new Map<CodedDimension, Uint32Array>()

  private constructor(path: string, file: SectionFile<PartHeader>) {
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
  static inMemory(path: string, contents: readonly Uint8Array[]): Part {
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
function isHeader(header: unknown): header is PartHeader {
  return typeof header === 'object' && header !== null && 'version' in header && header.version === VERSION
}
