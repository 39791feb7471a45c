/** The names in a folder, on the disk. */
import { open } from 'node:fs/promises'

/** A new name is safe from power loss only when its folder was synced too. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
