/** The rows of a file as they lie in the index: immutable, narrow, each id once. */
import type { Slices } from '../../slices.js'
import { chatsIn } from './chat-sums.js'
import { type ColumnShape, decodeCodes, decodeDoubles } from './column.js'
import type { CodedDimension, Combination } from './combination.js'
import { IdFilter } from './id-filter.js'
import { unpackCombinations } from './packed-combinations.js'
import { PartError } from './part-error.js'
import {
  CELLS,
  CHATS,
  DAYS,
  ID_MARKS,
  marksNameOf,
  type PartFacts,
  type PartHeader,
  QUARTERS,
  textsOf,
  VERSION,
} from './part-format.js'
import { isOfClosed } from './part-path.js'
import { Rollup } from './rollup.js'
import {
  type Block,
  type CodeColumn,
  type Columns,
  type DoubleColumn,
  type IdKey,
  type Ids,
  isDouble,
  type Presummed,
  type Span,
  type Texts,
} from './rows.js'
import { rowsWithin } from './rows-within.js'
import { loadSections, openSections, type SectionFile, sectionsInMemory, wordsIn } from './sections.js'
import { openTable, type Table } from './table.js'
import { hasMark } from './text-marks.js'

export class Part implements Block {
  readonly path: string
  #file: SectionFile<PartHeader>
  /** Kept: four bytes a text, and asked for in every question about a chat. */
  readonly #marks = new Map<CodedDimension, Uint32Array>()
  #idMarks: IdFilter | undefined
  #isHeld = false
  #combinations: readonly Combination[] | undefined

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
    return file && Part.#held(path, file)
  }

  /** Of what packPart gave, where it could not be written. */
  static inMemory(path: string, contents: readonly Uint8Array[]): Part {
    return Part.#held(path, sectionsInMemory(contents))
  }

  static #held(path: string, file: SectionFile<unknown>): Part {
    const part = Part.#of(path, file)
    part.#isHeld = true
    return part
  }

  static #of(path: string, { header, sum, read }: SectionFile<unknown>): Part {
    if (!isHeader(header)) throw new PartError(path, 'is of another version')
    return new Part(path, { header, sum, read })
  }

  /** Reads all of it, so that it may be replaced. False when it was already. Throws PartError. */
  hold(): boolean {
    if (this.#isHeld) return true
    const file = loadSections(this.path)
    if (file?.sum !== this.#file.sum) return false
    this.#file = { ...file, header: this.#file.header }
    this.#isHeld = true
    return true
  }

  get facts(): PartFacts {
    return this.#file.header
  }

  /** A growing file keeps its own, and the lines that were read of it. */
  get identity(): string {
    const { identity, content, end } = this.facts
    return this.isLasting ? identity : `${identity}:${content}:${end}`
  }

  get isLasting(): boolean {
    return isOfClosed(this.path)
  }

  get count(): number {
    return this.#file.header.count
  }

  get combinations(): readonly Combination[] {
    this.#combinations ??= unpackCombinations(this.#file.header.combinations)
    if (this.#combinations === undefined) throw new PartError(this.path, 'has a status that is none')
    return this.#combinations
  }

  get firstMs(): number {
    return this.#file.header.firstMs ?? Number.POSITIVE_INFINITY
  }

  get lastMs(): number {
    return this.#file.header.lastMs ?? Number.NEGATIVE_INFINITY
  }

  async columns(
    names: readonly (DoubleColumn | CodeColumn)[],
    slices?: Slices,
    span?: Span,
  ): Promise<Columns> {
    const contents = await this.#file.read(names)
    const all = { from: 0, to: this.count }
    const bytesOf = (name: DoubleColumn | CodeColumn): Uint8Array => contents[names.indexOf(name)] ?? NOTHING
    const starts = this.#shape('start')
    const rising = span && starts.kind === 'rising' ? decodeDoubles(starts, bytesOf('start'), all) : undefined
    const { from, to } = span && rising ? rowsWithin(rising, span) : all
    const doubles = new Map<DoubleColumn, Float64Array>()
    const codes = new Map<CodeColumn, Uint32Array>()
    for (const name of names) {
      if (slices?.isOver) await slices.rest()
      if (name === 'start' && rising) doubles.set(name, rising.subarray(from, to))
      else if (isDouble(name))
        doubles.set(name, decodeDoubles(this.#shape(name), bytesOf(name), { from, to }))
      else codes.set(name, decodeCodes(this.#shape(name), bytesOf(name), { from, to }))
    }
    return { from, count: to - from, doubles, codes }
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
      marks = wordsIn(bytes)
      this.#marks.set(dimension, marks)
    }
    return hasMark(marks, text)
  }

  readonly presummed: Presummed = {
    chats: async () => chatsIn(await this.#table(CHATS), this.#file.header.projects),
    all: async () => new Rollup(await this.#table(CELLS)),
    days: () => this.#cells(DAYS),
    quarters: () => this.#cells(QUARTERS),
  }

  async #cells(name: string): Promise<Rollup | undefined> {
    const [bytes] = await this.#file.read([name])
    return bytes?.length ? new Rollup(openTable(this.path, bytes)) : undefined
  }

  async #table(name: string): Promise<Table> {
    const [bytes] = await this.#file.read([name])
    return openTable(this.path, bytes ?? NOTHING)
  }

  async idWords(): Promise<Uint32Array> {
    const [keys] = await this.#file.read(['ids'])
    return wordsIn(keys)
  }

  async likelyIds(keys: readonly IdKey[]): Promise<readonly IdKey[]> {
    const marks = this.#idMarks ?? new IdFilter(wordsIn((await this.#file.read([ID_MARKS]))[0]))
    this.#idMarks = marks
    return keys.filter(([first, second, third]) => marks.has(first, second, third))
  }

  async ids(): Promise<Ids> {
    const [keys, rows] = await this.#file.read(['ids', 'idRows'])
    const words = wordsIn(keys)
    const places = decodeCodes(this.#shape('idRows'), rows ?? NOTHING, { from: 0, to: this.count })
    const rowOf = (at: number): number => places[at] ?? 0
    return { words, rowOf, find: (key) => findKey(words, key).map(rowOf) }
  }

  #shape(name: string): ColumnShape {
    const shape = this.#file.header.shapes[name]
    if (shape === undefined) throw new PartError(this.path, `has no ${name}`)
    return shape
  }
}

const NOTHING = new Uint8Array(0)

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
