/** Which file a path names, as it is now. */
import { type Stats, statSync } from 'node:fs'

export interface FileIdentity {
  /** Stays the same when the file is renamed or grows. */
  readonly file: string
  /** Stays the same until the content is changed. */
  readonly content: string
  readonly size: number
  /** Epoch ms. */
  readonly changedMs: number
}

/** Undefined for what is absent or no regular file. */
export function identityOf(path: string): FileIdentity | undefined {
  const stat: Stats | undefined = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined || !stat.isFile()) return undefined
  const { dev, ino, birthtimeMs, size, mtimeMs } = stat
  // An inode number is used again for a later file, with another birth time.
  const file = `${dev}:${ino}:${birthtimeMs}`
  return { file, content: `${file}:${size}:${mtimeMs}`, size, changedMs: mtimeMs }
}
