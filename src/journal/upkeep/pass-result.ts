/** What a pass of upkeep did. */
import type { RetiredSegment } from './journal-retention.js'

export interface PassResult {
  /** Segments that got their seal. */
  sealed: number
  /** Segments and closed message files. */
  compressed: number
  readonly deleted: RetiredSegment[]
}

export const nothingDone = (): PassResult => ({ sealed: 0, compressed: 0, deleted: [] })
