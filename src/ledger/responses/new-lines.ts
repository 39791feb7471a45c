/** The entries that were added to the files of a project's requests since they were last looked at. */
import { lstatSync } from 'node:fs'
import type { LoggedEntry } from '../../entry/entry.js'
import { parseEntry } from '../../journal/parse-entry.js'
import { REQUESTS } from '../../journal/project-journal.js'
import { readLines } from '../../journal/read-lines.js'
import { listSegments, type Segment } from '../../journal/segments.js'
import { Slices } from '../../slices.js'

/** What is read of each file that was there before the first look. */
const FIRST_LOOK_BYTES = 16 * 1024 * 1024
/** A file that was closed longer before the first look is not read. */
const RECENT_MS = 3_600_000

export class NewLines {
  readonly #dir: string
  readonly #firstLook: { readonly bytes: number }
  /** Of each active file, by inode: it keeps that when it is closed. */
  #places = new Map<number, number>()
  /** Closed files that were read, or are too old to be. */
  #closed = new Set<string>()
  #begun = false

  constructor(dir: string, firstLook = { bytes: FIRST_LOOK_BYTES }) {
    this.#dir = dir
    this.#firstLook = firstLook
  }

  /**
   * Gives each entry whose line has one of the marks, once or, where a file was closed meanwhile, again. Throws
   * FileSystemError LOG_READ_ERROR, PATH_IS_SYMLINK: then the next look reads on from the same places.
   */
  async read(marks: readonly string[], onEntry: (entry: LoggedEntry) => void): Promise<void> {
    const segments = listSegments(this.#dir, REQUESTS)
    const isFirst = !this.#begun
    const slices = new Slices()
    const places = new Map<number, number>()
    const closed = new Set<string>()
    for (const segment of segments) {
      if (segment.form === 'summary') continue
      const isActive = segment.form === 'active'
      if (!isActive) closed.add(segment.stem)
      if (this.#closed.has(segment.stem)) continue
      const file = lstatSync(segment.path, { throwIfNoEntry: false })
      if (file === undefined) continue
      if (isFirst && !isActive && file.mtimeMs < Date.now() - RECENT_MS) continue
      const from = this.#startOf(segment, file, isFirst)
      const to = await readOn(segment.path, from, marks, slices, onEntry)
      // Closed while it was read: what was read is another file's, and the next look finds both under their names.
      if (isActive && lstatSync(segment.path, { throwIfNoEntry: false })?.ino === file.ino) {
        places.set(file.ino, to)
      } else if (isActive) {
        const before = this.#places.get(file.ino)
        if (before !== undefined) places.set(file.ino, before)
      }
    }
    this.#places = places
    this.#closed = closed
    this.#begun = true
  }

  #startOf(
    { form }: Segment,
    file: { readonly ino: number; readonly size: number },
    isFirst: boolean,
  ): number {
    // Another file than the one that was followed, although of the same content.
    if (form === 'gzip') return 0
    const place = this.#places.get(file.ino) ?? (isFirst ? Math.max(0, file.size - this.#firstLook.bytes) : 0)
    // A log can be cut off behind a failed sync.
    return place > file.size ? 0 : place
  }
}

/** Where the last whole line ends. A start within a line loses that line. */
async function readOn(
  path: string,
  from: number,
  marks: readonly string[],
  slices: Slices,
  onEntry: (entry: LoggedEntry) => void,
): Promise<number> {
  let place = from
  for await (const { text, to, terminated } of readLines(path, from)) {
    if (slices.isOver) await slices.rest()
    if (!terminated) break
    place = to
    const entry =
      text !== undefined && marks.some((mark) => text.includes(mark)) ? parseEntry(text) : undefined
    if (entry !== undefined) onEntry(entry)
  }
  return place
}
