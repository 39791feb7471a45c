/** Many small files of ledgers that are gone become one; no count is lost or doubled wherever it is cut off. */
import { link, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { livenessOf } from '../../journal/process-identity.js'
import { syncFolder } from '../../journal/sync-folder.js'
import type { CountFile } from './count-file.js'
import { DRAFT, draftCounts, foldedName, generationIn, readCounts, sumOf } from './count-folder.js'

/**
 * The next generation holds the counts of the one before and of each file it names, and counts in their place from the
 * moment it has its name: link(2) gives that to one process only. Then they are removed. Throws what the file system throws.
 */
export async function foldCounts(folder: string): Promise<void> {
  const found = await readCounts(folder)
  const { generation, folded, leftovers, unreadable } = found
  await remove(folder, leftovers)
  await removeDrafts(folder)
  const over = new Map([...found.files].filter(([, file]) => isOver(file)))
  if (over.size + (generation === 0 ? 0 : 1) < 2 || unreadable.includes(foldedName(generation))) return
  const counts = sumOf({ ...found, folded, files: over })
  const draft = await draftCounts(folder, { folded: [...over.keys()], counts })
  const next = join(folder, foldedName(generation + 1))
  try {
    await link(draft, next)
  } catch (error) {
    if (isCode(error, 'EEXIST')) return
    throw error
  } finally {
    await rm(draft, { force: true })
  }
  // A higher one means that the name was free again and ours comes too late: it does not count.
  if ((await generationIn(folder)) !== generation + 1) return rm(next, { force: true })
  await syncFolder(folder)
  await remove(folder, [foldedName(generation), ...over.keys()])
}

/** Nobody writes it any more. Of a process that cannot be looked at that is not certain. */
function isOver({ writer, closed }: CountFile): boolean {
  return closed === true || (writer !== undefined && livenessOf(writer) === 'gone')
}

async function remove(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(folder, name), { force: true })
}

const LEFTOVER_MS = 3_600_000

/** Drafts of processes that died are nobody's after an hour. */
async function removeDrafts(folder: string): Promise<void> {
  const drafts = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(DRAFT))
  for (const path of drafts.map((name) => join(folder, name))) {
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }))
    if (Date.now() - mtimeMs > LEFTOVER_MS) await rm(path, { force: true })
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
