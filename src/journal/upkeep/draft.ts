/** New files of upkeep: written aside, on the disk before they get their name. */
import { randomUUID } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { SLOTS_DIR } from '../slot.js'
import { syncFolder } from '../sync-folder.js'

const PREFIX = 'draft-upkeep-'

export function draftPath(dir: string, ending: string): string {
  return join(dir, SLOTS_DIR, `${PREFIX}${randomUUID()}${ending}`)
}

/** Only the holder of the claim makes drafts, so at the start of a pass each is that of a pass that died. */
export function removeDrafts(dir: string): void {
  for (const name of readdirSync(join(dir, SLOTS_DIR))) {
    if (name.startsWith(PREFIX)) rmSync(join(dir, SLOTS_DIR, name), { force: true })
  }
}

/** The content compressed into a new file that is synced. */
export async function writeGzip(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await pipeline(content, createGzip(), async (pieces: AsyncIterable<Uint8Array>) => {
      for await (const piece of pieces) await file.writeFile(piece)
    })
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Gives a synced draft its name, for good. */
export async function publish(draft: string, path: string): Promise<void> {
  await rename(draft, path)
  await syncFolder(dirname(path))
}
