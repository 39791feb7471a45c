/** Which of the files there is anything to read in. */
import { stat } from 'node:fs/promises'

/** Regular files that are not empty, in the order given; an absent one is no error, rotation may have moved it. */
export async function readableFiles(paths: readonly string[]): Promise<string[]> {
  const readable = await Promise.all(paths.map(isReadable))
  return paths.filter((_, index) => readable[index])
}

async function isReadable(path: string): Promise<boolean> {
  try {
    const found = await stat(path)
    return found.isFile() && found.size > 0
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return false
    throw error
  }
}
