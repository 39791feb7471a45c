/** The files of a journal, listed again and again: while no name changes, it costs a look at the folder. */
import type { Dirent } from 'node:fs'
import { entriesIn, refusedAmong, segmentsAmong } from './segments.js'

export interface Listed {
  /** In reading order. */
  readonly files: readonly string[]
  /** Names of the journal that are no regular files. */
  readonly refused: readonly string[]
}

export class JournalListing {
  readonly #dir: string
  readonly #base: string
  #entries: readonly Dirent[] = []
  #listed: Listed = { files: [], refused: [] }

  constructor(dir: string, base: string) {
    this.#dir = dir
    this.#base = base
  }

  /** The same object while nothing changed. Throws as listSegments does. */
  list(): Listed {
    const entries = entriesIn(this.#dir)
    const isSame =
      entries.length === this.#entries.length &&
      entries.every((entry, at) => {
        const before = this.#entries[at]
        return entry.name === before?.name && entry.isFile() === before.isFile()
      })
    if (!isSame) {
      this.#entries = entries
      this.#listed = {
        files: segmentsAmong(entries, this.#dir, this.#base).map(({ path }) => path),
        refused: refusedAmong(entries, this.#dir, this.#base),
      }
    }
    return this.#listed
  }
}
