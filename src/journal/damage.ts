/** Lines that are no entries, found once and remembered by file. */
import { statSync } from 'node:fs'
import { parseEntry } from './parse-entry.js'
import { readLines } from './read-lines.js'
import { isClosedName } from './segments.js'

export interface Damage {
  readonly path: string
  /** Byte range, `to` excluded. */
  readonly from: number
  readonly to: number
}

interface Range {
  readonly from: number
  readonly to: number
}

interface Scanned {
  readonly ranges: readonly Range[]
  /** Where the next scan begins: a file that is no gzip only grows. */
  readonly to: number
}

/** Files that are remembered at once. */
const MAX_FILES = 10_000

/** Finds damage in files; what was scanned once is not read again while the file only grows. */
export class DamageFinder {
  readonly #scanned = new Map<string, Promise<Scanned>>()

  /**
   * All damaged lines of the files. Blank lines are no damage, and neither is an unfinished line at the end of an active
   * file: a write may be under way, and when its process died the next one fences it, and then it counts. Where a gzip
   * file breaks off is one range, with the unfinished line before it.
   */
  async find(paths: readonly string[]): Promise<Damage[]> {
    const damage: Damage[] = []
    for (const path of paths) {
      for (const range of await this.#rangesOf(path)) damage.push({ path, ...range })
    }
    return damage
  }

  async #rangesOf(path: string): Promise<readonly Range[]> {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return []
    const isGzip = path.endsWith('.gz')
    // An inode number is used again for a later file, with another birth time. A gzip file never grows.
    const key = [stat.dev, stat.ino, stat.birthtimeMs, ...(isGzip ? [stat.size, stat.mtimeMs] : [])].join(':')
    // One scan behind another, so that two questions at once do not read the same lines twice.
    const before = this.#scanned.get(key) ?? Promise.resolve(NOTHING)
    const scan = before
      .catch(() => NOTHING)
      .then((known) => {
        if (isGzip && known !== NOTHING) return known
        return scanFrom(path, known.to > stat.size ? NOTHING : known)
      })
    if (this.#scanned.size >= MAX_FILES) this.#scanned.clear()
    this.#scanned.set(key, scan)
    return (await scan).ranges
  }
}

const NOTHING: Scanned = { ranges: [], to: 0 }

async function scanFrom(path: string, known: Scanned): Promise<Scanned> {
  const ranges = [...known.ranges]
  let { to } = known
  let unfinished: Range | undefined
  for await (const line of readLines(path, known.to)) {
    if (line.broken !== undefined) {
      ranges.push({ from: unfinished?.from ?? line.from, to: line.to })
      unfinished = undefined
      continue
    }
    const isIntact =
      line.text !== undefined && (line.text.trim() === '' || parseEntry(line.text) !== undefined)
    if (line.terminated) to = line.to
    if (isIntact) continue
    if (line.terminated) ranges.push({ from: line.from, to: line.to })
    else unfinished = line
  }
  if (unfinished === undefined || !isClosedName(path)) return { ranges, to }
  return { ranges: [...ranges, { from: unfinished.from, to: unfinished.to }], to: unfinished.to }
}
