/**
 * Files that the engine cannot be given as they are. DuckDB fails at a line that fits into no buffer. Of gzip files it
 * takes what a cut or altered one inflates to for the whole, does not look at the checksum, and refuses one with garbage
 * behind it. Of any it refuses entries with a lone surrogate. Such a file is read by the journal's reader, and the
 * engine gets a copy.
 */
import { randomUUID } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzip } from '../../journal/gunzip.js'
import { openRegular } from '../../journal/open-regular.js'
import { parseEntry } from '../../journal/parse-entry.js'
import { readLines } from '../../journal/read-lines.js'
import { withoutLoneSurrogates } from './lone-surrogates.js'
import { makeTemporaryFolder } from './temporary-folder.js'

const NEWLINE = 0x0a
/** More than any line that is written; DuckDB fails at lines that fit into no buffer. */
const MAX_LINE_BYTES = 32 << 20

/** Whether the content is all there, as its checksum says, more than a byte, in lines of a bearable length. What is absent lacks nothing. */
export async function isWholeGzip(path: string): Promise<boolean> {
  const handle = await openRegular(path)
  if (handle === undefined) return true
  let isWhole = true
  let bytes = 0
  let length = 0
  try {
    for await (const chunk of gunzip(handle, 0, () => {
      isWhole = false
    })) {
      bytes += chunk.length
      const end = chunk.lastIndexOf(NEWLINE)
      length = end < 0 ? length + chunk.length : chunk.length - end - 1
      if (length > MAX_LINE_BYTES) return false
    }
  } finally {
    await handle.close()
  }
  return isWhole && bytes !== 1
}

/** Stands for a line that cannot be read, so that it is seen as damage and the others keep their places. */
const UNREADABLE = 'null'
/** Written at once. */
const BATCH = 1 << 20

/** A folder of copies, removed with all that is in it. */
export class ReadableCopies {
  readonly #made = new Map<string, Promise<string>>()
  #folder: Promise<string> | undefined

  /** The path of a copy that holds the lines of the file, as the engine can read them. */
  of(path: string): Promise<string> {
    const copy = this.#made.get(path) ?? this.#make(path)
    this.#made.set(path, copy)
    return copy
  }

  async #make(path: string): Promise<string> {
    this.#folder ??= makeTemporaryFolder('readable')
    const copy = join(await this.#folder, `${randomUUID()}.jsonl`)
    const file = await open(copy, 'wx', 0o600)
    try {
      let batch = ''
      for await (const { text, terminated } of readLines(path)) {
        const isRead =
          text !== undefined && (terminated || text.trim() === '' || parseEntry(text) !== undefined)
        batch += `${isRead ? withoutLoneSurrogates(text) : UNREADABLE}\n`
        if (batch.length < BATCH) continue
        await file.writeFile(batch)
        batch = ''
      }
      await file.writeFile(batch)
    } finally {
      await file.close()
    }
    return copy
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const folder = await this.#folder?.catch(() => undefined)
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }
}
