/** The name of a file on the disk, with those of the folders above it, whoever made them and when. */
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { syncFolder } from './sync-folder.js'

/** Names that this process has seen on the disk, with what they name. */
const safe = new Set<string>()
const MAX_SAFE = 10_000

/**
 * Resolves when the path leads to its file also after power loss. Folders that were there before are looked at as well,
 * once: another process may have made them and not synced them yet. Rejects with what the file system throws.
 */
export async function syncName(path: string): Promise<void> {
  const synced: string[] = []
  for (let name = path; ; name = dirname(name)) {
    const folder = dirname(name)
    const identity = identityOf(name)
    // At a mount point ends what a program can make.
    if (folder === name || safe.has(identity) || !isSameDevice(name, folder)) break
    await syncFolder(folder).catch((error: unknown) => {
      // Above what is ours a folder may be closed to us, and then no name in it is of our making.
      if (name === path || !isNotAllowed(error)) throw error
    })
    synced.push(identity)
  }
  // Only now: a name is safe when those above it are.
  if (safe.size > MAX_SAFE) safe.clear()
  for (const identity of synced) safe.add(identity)
}

/** An inode number is used again for a later file, with another birth time. */
function identityOf(path: string): string {
  const { dev, ino, birthtimeMs } = statSync(path)
  return `${dev}:${ino}:${birthtimeMs}:${path}`
}

function isSameDevice(a: string, b: string): boolean {
  return statSync(a).dev === statSync(b).dev
}

function isNotAllowed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')
}
