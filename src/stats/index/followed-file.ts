/** The lines of a file, read on from where it was left, as rows. */
import { parseEntry } from '../../journal/parse-entry.js'
import { readLines } from '../../journal/read-lines.js'
import { isClosedName, isSummary } from '../../journal/segments.js'
import type { Slices } from '../../slices.js'
import { endSum } from './end-sum.js'
import { rowOf } from './entry-row.js'
import { RowDraft } from './row-draft.js'

/** What was read before, in a part. */
export interface ReadBefore {
  /** Bytes of the content, and the checksum of the last of them. */
  readonly content: number
  readonly end: number
  readonly lines: number
  readonly damaged: number
}

export class FollowedFile {
  rows = new RowDraft()
  #content: number
  #end: number
  #lines: number
  #damaged: number
  /** An entry at the end of the file had no newline yet. */
  #isOpen = false
  /** What stands behind the last newline is no entry; it counts when nobody can write on. */
  #isUnfinished = false

  constructor({ content, end, lines, damaged }: ReadBefore) {
    this.#content = content
    this.#end = end
    this.#lines = lines
    this.#damaged = damaged
  }

  get content(): number {
    return this.#content
  }

  get end(): number {
    return this.#end
  }

  get lines(): number {
    return this.#lines
  }

  get damaged(): number {
    return this.#damaged + (this.#isUnfinished ? 1 : 0)
  }

  /** Whether the content that was read can be kept as it is: it ends with a whole line. */
  get isAtLine(): boolean {
    return !this.#isOpen
  }

  /** What was read is in a part now. */
  restart(): void {
    this.rows = new RowDraft()
  }

  /** Reads what was added. False when what was read before is not what the file begins with any more. */
  async read(path: string, slices: Slices): Promise<boolean> {
    if (endSum(path, this.#content) !== this.#end) return false
    const isSummaryFile = isSummary(path)
    let isFirst = true
    let unfinished = false
    for await (const { text, to, terminated, broken } of readLines(path, this.#content)) {
      if (slices.isOver) await slices.rest()
      if (broken !== undefined) {
        this.#damaged += 1
        unfinished = false
        continue
      }
      const isBlank = text !== undefined && text.trim() === ''
      if (isFirst && this.#isOpen) {
        if (!isBlank) return false
        this.#isOpen = false
      }
      isFirst = false
      const entry = text === undefined || isBlank ? undefined : parseEntry(text)
      if (entry !== undefined) {
        this.rows.add(rowOf(entry, isSummaryFile))
        this.#lines += 1
        this.#isOpen = !terminated
      } else if (!isBlank && terminated) this.#damaged += 1
      unfinished = !terminated && entry === undefined && !isBlank
      if (terminated || entry !== undefined) this.#content = to
    }
    this.#isUnfinished = unfinished && isClosedName(path)
    this.#end = endSum(path, this.#content)
    return true
  }
}
