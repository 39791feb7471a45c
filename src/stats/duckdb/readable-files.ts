/** Which of the files there is anything to read in. */
import { stat } from 'node:fs/promises'

export interface ReadableFile {
  readonly path: string
  /** Stays the same when the file is renamed. */
  readonly identity: string
}

/** Regular files that are not empty, in the order given; an absent one is no error, rotation may have moved it. */
export async function readableFiles(paths: readonly string[]): Promise<ReadableFile[]> {
  return (await Promise.all(paths.map(readableFile))).filter((file) => file !== undefined)
}

async function readableFile(path: string): Promise<ReadableFile | undefined> {
  try {
    const found = await stat(path)
    return found.isFile() && found.size > 0 ? { path, identity: `${found.dev}:${found.ino}` } : undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return undefined
    }
    throw error
  }
}
