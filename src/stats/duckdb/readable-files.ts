/** Which of the files there is anything to read in. */
import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { DamageFinder } from '../../journal/damage.js'
import { findLoneSurrogates } from './lone-surrogates.js'
import { isWholeGzip, type ReadableCopies } from './readable-copy.js'

export interface ReadableFile {
  readonly path: string
  /** Stays the same when the file is renamed. */
  readonly identity: string
  /**
   * What DuckDB reads: the path, or a copy of what can be read of a file that it must not be given. It sees no content in
   * one byte, and takes what follows a question mark for a query, so that it does not see the ending of a gzip file.
   */
  readonly read: string
}

/** What was learned of files at earlier questions, by identity. */
export class KnownFiles {
  /** Counts their damaged lines. */
  readonly damage = new DamageFinder()
  /** Files with damaged lines. */
  readonly damaged = new Set<string>()
  /** Files that the engine refuses: a gzip file with a comment in its header, say, or any with a line of gigabytes. */
  readonly refused = new Set<string>()
  readonly #whole = new Map<string, boolean>()
  /** How far a damaged file was searched for lone surrogates. */
  readonly #searched = new Map<string, number>()

  async isWholeGzip(path: string, identity: string): Promise<boolean> {
    const known = this.#whole.get(identity)
    if (known !== undefined) return known
    const isWhole = await isWholeGzip(path)
    this.#whole.set(identity, isWhole)
    return isWhole
  }

  /** Whether some of the files that were found damaged are to be read again, as copies without lone surrogates. */
  async refuseLoneSurrogates(damaged: readonly ReadableFile[]): Promise<boolean> {
    let isAny = false
    for (const { path, identity } of damaged.filter(({ path, read }) => read === path)) {
      if (!this.refused.has(identity)) {
        const { isFound, to } = await findLoneSurrogates(path, this.#searched.get(identity) ?? 0)
        this.#searched.set(identity, to)
        if (isFound) this.refused.add(identity)
      }
      isAny ||= this.refused.has(identity)
    }
    return isAny
  }
}

/** Regular files that are not empty, in the order given; an absent one is no error, rotation may have moved it. */
export async function readableFiles(
  paths: readonly string[],
  known: KnownFiles,
  copies: ReadableCopies,
): Promise<ReadableFile[]> {
  const stats = await Promise.all(paths.map(statOf))
  const files: ReadableFile[] = []
  for (const [index, path] of paths.entries()) {
    const found = stats[index]
    const isGzip = path.endsWith('.gz')
    // A gzip file of no bytes was cut.
    if (found === undefined || !found.isFile() || (found.size === 0 && !isGzip)) continue
    const { dev, ino, birthtimeMs, size, mtimeMs } = found
    // An inode number is used again for a later file, with another birth time.
    const identity = `${dev}:${ino}:${birthtimeMs}${isGzip ? `:${size}:${mtimeMs}` : ''}`
    // One after another: a file is held open for each.
    const isGiven =
      !known.refused.has(identity) &&
      (isGzip ? !path.includes('?') && (await known.isWholeGzip(path, identity)) : size > 1)
    const read = isGiven ? path : await copies.of(path)
    files.push({ path, identity, read })
  }
  return files
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return undefined
    }
    throw error
  }
}
