/** What a part holds beside its columns, and the names of its sections. */
import type { ColumnShape } from './column.js'
import type { CodedDimension } from './combination.js'
import type { PackedCombinations } from './packed-combinations.js'

/** Raised whenever the bytes or what they stand for change: a part of another version is made anew. */
export const VERSION = 5

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

export interface PartHeader extends PartFacts {
  readonly version: number
  readonly count: number
  readonly firstMs: number
  readonly lastMs: number
  readonly combinations: PackedCombinations
  /** Those of the combinations, as projectsOf() gives them. */
  readonly projects: readonly string[]
  readonly shapes: Readonly<Record<string, ColumnShape>>
}

export function textsOf(dimension: CodedDimension): string {
  return `${dimension} texts`
}

export const CHATS = 'chats'
export const CELLS = 'cells'
/** Empty when they are not kept. */
export const DAYS = 'days'
export const QUARTERS = 'quarters'
/** The bits of an IdFilter. */
export const ID_MARKS = 'id marks'

export function marksNameOf(dimension: CodedDimension): string {
  return `${dimension} marks`
}
