/** The requests of a file as columns: what a row holds, and the blocks they come in. */
import type { Slices } from '../../slices.js'
import type { ChatSums } from './chat-sums.js'
import { CODED, type CodedDimension, type Combination } from './combination.js'
import type { Rollup } from './rollup.js'

/** Numbers of a finished request; NaN where it has none. Tokens, ms, USD. */
export const NUMBERS = [
  'prompt',
  'completion',
  'cacheRead',
  'cacheWrite',
  'reasoning',
  'latency',
  'firstToken',
  'cost',
] as const
export type NumberColumn = (typeof NUMBERS)[number]

/** `start` and `end` are epoch ms, `end` is NaN where there is none. */
export type DoubleColumn = 'start' | 'end' | NumberColumn
export const DOUBLES: readonly DoubleColumn[] = ['start', 'end', ...NUMBERS]

/** `combination` and the coded dimensions are codes of their dictionaries; `id0` to `id2` are the id's key. */
export type CodeColumn = 'combination' | CodedDimension
export const CODES: readonly CodeColumn[] = ['combination', ...CODED]

/** One row as it comes from a line. Of the tags the JSON of their list without repetitions, null for none. */
export interface Row extends Readonly<Record<DoubleColumn, number>> {
  readonly id: IdKey
  readonly combination: Combination
  readonly coded: Readonly<Record<CodedDimension, string | null>>
}

/** The first 96 bits of the MD5 of an id, as three little-endian words. */
export type IdKey = readonly [number, number, number]

/** Columns of `count` rows from `from` on; those that were asked for are there. */
export interface Columns {
  readonly from: number
  readonly count: number
  readonly doubles: ReadonlyMap<DoubleColumn, Float64Array>
  readonly codes: ReadonlyMap<CodeColumn, Uint32Array>
}

/** Both ends included, epoch ms. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** The texts of a coded dimension, by code. */
export type Texts = readonly (string | null)[]

/** Rows of one file or of a part of it. */
export interface Block {
  /** Names rows that stay as they are, in every process; undefined of those to which others are added. */
  readonly identity?: string | undefined
  /** Whether they are those of a file that nobody writes any more. */
  readonly isLasting?: boolean
  readonly count: number
  readonly combinations: readonly Combination[]
  /** Epoch ms of the first and the last start; infinite when there are no rows. */
  readonly firstMs: number
  readonly lastMs: number
  /**
   * Of all rows or, where the block can tell them apart, of those that began in `span`, to which `start` must be asked for.
   * Throws PartError when what is on the disk cannot be used.
   */
  columns(names: readonly (DoubleColumn | CodeColumn)[], slices?: Slices, span?: Span): Promise<Columns>
  texts(dimension: CodedDimension): Promise<Texts>
  /** False when no row has the text. Cheap, and may be wrong when it says true. */
  mayHave(dimension: CodedDimension, text: string): Promise<boolean>
  ids(): Promise<Ids>
  /** The keys alone, three words each, in the same order. */
  idWords(): Promise<Uint32Array>
  /** Those of the keys that rows may have; cheap, as mayHave. */
  likelyIds(keys: readonly IdKey[]): Promise<readonly IdKey[]>
  /** Of a part. */
  readonly presummed?: Presummed
}

/** What is kept beside the rows of a block, of all of them. */
export interface Presummed {
  chats(): Promise<ChatSums>
  /** Cells of the finished requests by combination. */
  all(): Promise<Rollup>
  /** Those of models and projects by day of UTC; undefined when these are not kept. */
  days(): Promise<Rollup | undefined>
  /** The same by quarter of an hour. */
  quarters(): Promise<Rollup | undefined>
}

/** Keys of the ids of a block, three words each. */
export interface Ids {
  readonly words: Uint32Array
  /** The row of the n-th key. */
  rowOf(at: number): number
  /** The rows that have the key. */
  find(key: IdKey): number[]
}

/** `columns` of which one must be there. */
export function doublesOf(columns: Columns, name: DoubleColumn): Float64Array {
  const found = columns.doubles.get(name)
  if (found === undefined) throw new Error(`the column ${name} was not read`)
  return found
}

export function codesOf(columns: Columns, name: CodeColumn): Uint32Array {
  const found = columns.codes.get(name)
  if (found === undefined) throw new Error(`the column ${name} was not read`)
  return found
}

const NAMES_OF_DOUBLES: ReadonlySet<string> = new Set(DOUBLES)

export function isDouble(name: DoubleColumn | CodeColumn): name is DoubleColumn {
  return NAMES_OF_DOUBLES.has(name)
}
