/** Lines that are no entries, found once and remembered by file. */
import { statSync } from 'node:fs'
import { parseEntry } from './parse-entry.js'
import { readLines } from './read-lines.js'

export interface Damage {
  readonly path: string
  /** Byte range, `to` excluded. */
  readonly from: number
  readonly to: number
}

interface Scanned {
  readonly ranges: { from: number; to: number }[]
  /** Where the next scan begins; files only grow. */
  to: number
}

/** Finds damage in files; what was scanned once is not read again while the file only grows. */
export class DamageFinder {
  readonly #scanned = new Map<string, Scanned>()

  /**
   * All damaged lines of the files. Blank lines are no damage, and neither is an unfinished line at the end: a write may
   * be under way, and when its process died the next one fences it, and then it counts.
   */
  async find(paths: readonly string[]): Promise<Damage[]> {
    const damage: Damage[] = []
    for (const path of paths) {
      for (const range of await this.#rangesOf(path)) damage.push({ path, ...range })
    }
    return damage
  }

  async #rangesOf(path: string): Promise<readonly { from: number; to: number }[]> {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return []
    // An inode number is used again for a later file, with another birth time.
    const key = `${stat.dev}:${stat.ino}:${stat.birthtimeMs}`
    let scanned = this.#scanned.get(key)
    if (scanned === undefined || scanned.to > stat.size) {
      scanned = { ranges: [], to: 0 }
      this.#scanned.set(key, scanned)
    }
    for await (const line of readLines(path, scanned.to)) {
      if (!line.terminated) break
      scanned.to = line.to
      const blank = line.text !== undefined && line.text.trim() === ''
      if (blank || (line.text !== undefined && parseEntry(line.text) !== undefined)) continue
      scanned.ranges.push({ from: line.from, to: line.to })
    }
    return scanned.ranges
  }
}
