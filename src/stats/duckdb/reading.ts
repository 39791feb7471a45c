/** Runs a statement over files that may vanish, and lines that may not fit. */
import { ReadableCopies } from './readable-copy.js'
import { type KnownFiles, type ReadableFile, readableFiles } from './readable-files.js'

/** Larger lines than the first size are rare, and smaller buffers let the threads share a file. */
const OBJECT_SIZES = [2 << 20, 16 << 20, 64 << 20]

/**
 * Reads those of the files that can be read, and gives them back; null when there are none. Reads again with larger
 * buffers when a line did not fit, without a file that vanished meanwhile, and with a copy of a file that was refused.
 */
export async function readFiles(
  paths: readonly string[],
  known: KnownFiles,
  read: (files: readonly ReadableFile[], objectSize: number) => Promise<void>,
): Promise<readonly ReadableFile[] | null> {
  await using copies = new ReadableCopies()
  let files = await readableFiles(paths, known, copies)
  let sizes = 0
  for (;;) {
    if (files.length === 0) return null
    try {
      await read(files, OBJECT_SIZES[sizes] ?? 0)
      return files
    } catch (error) {
      const message = error instanceof Error ? error.message : ''
      const isTooLong = message.includes('"maximum_object_size"')
      const isLargest = sizes + 1 === OBJECT_SIZES.length
      const isRefused = message.includes('GZIP') || (isTooLong && isLargest)
      const refused = files.filter(({ path, read }) => isRefused && read === path && message.includes(path))
      for (const { identity } of refused) known.refused.add(identity)
      const left = await readableFiles(
        files.map(({ path }) => path),
        known,
        copies,
      )
      if (isTooLong && !isLargest) sizes += 1
      else if (left.length === files.length && refused.length === 0) throw error
      files = left
    }
  }
}

/** DuckDB takes `*`, `?` and `[` in a path for a pattern; in brackets they stand for themselves. */
export function withoutGlob({ read }: ReadableFile): string {
  return read.replace(/[*?[]/g, '[$&]')
}
