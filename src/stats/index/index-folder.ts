/** Where the parts of a folder's files lie: in `.index/` beside them, each under the name of its file. */
import { randomUUID } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Part } from './part.js'
import { PartError } from './part-error.js'
import { INDEX_FOLDER, PART_ENDING, partPath } from './part-path.js'

const DRAFT = 'draft-'
/** Older ones are left by a process that died. */
const DRAFT_MS = 3_600_000

/** Which file a part is of. That of a growing one is replaced by each process that reads on, so that it must be held in memory. */
export type PartOf = 'closed' | 'growing'

/** The part of the file as it is, if there is one; what cannot be used is removed. */
export function openPart(file: string, isHeld: boolean, isOf: (part: Part) => boolean): Part | undefined {
  const path = partPath(file)
  if (!isOwnFolder(dirname(path))) return undefined
  try {
    const part = isHeld ? Part.load(path) : Part.open(path)
    return part !== undefined && isOf(part) ? part : undefined
  } catch (error) {
    if (!(error instanceof PartError)) throw error
    removePart(path)
    return undefined
  }
}

/** Whatever has the name of the part is in the way of a sound one. */
export function removePart(path: string): void {
  try {
    rmSync(path, { force: true, recursive: true })
  } catch {}
}

/** Writes it aside and gives it its name. Where nothing can be written, or space is short, it stays in memory. */
export async function savePart(
  file: string,
  of: PartOf,
  contents: readonly Uint8Array[],
  onDisk: boolean,
): Promise<Part> {
  const path = partPath(file)
  const isSaved = onDisk && (await saveAside(path, contents))
  return (isSaved && of === 'closed' ? Part.open(path) : undefined) ?? Part.inMemory(path, contents)
}

/** Writes it aside and gives it its name; false where nothing can be written, or space is short. */
export async function saveAside(path: string, contents: readonly Uint8Array[]): Promise<boolean> {
  const folder = dirname(path)
  const draft = join(folder, `${DRAFT}${randomUUID()}`)
  const bytes = contents.reduce((sum, content) => sum + content.length, 0)
  if (!hasRoom(dirname(folder), bytes)) return false
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch {}
  if (!isOwnFolder(folder)) return false
  try {
    await writeFile(draft, contents, { flag: 'wx', mode: 0o600 })
    renameSync(draft, path)
    return true
  } catch {
    removePart(draft)
    return false
  }
}

/** Removes what no file of the folder has any more. */
export function tidyParts(dir: string, files: readonly string[]): void {
  const folder = join(dir, INDEX_FOLDER)
  const names = new Set(files.map((file) => `${basename(file)}${PART_ENDING}`))
  tidyDrafts(folder)
  for (const name of namesIn(folder)) {
    if (name.endsWith(PART_ENDING) && !names.has(name)) removePart(join(folder, name))
  }
}

/** Removes what a process left that died while it wrote. */
export function tidyDrafts(folder: string): void {
  for (const name of namesIn(folder)) {
    if (name.startsWith(DRAFT) && ageOf(join(folder, name)) > DRAFT_MS) removePart(join(folder, name))
  }
}

/** What cannot be read is left alone. */
function namesIn(folder: string): string[] {
  if (!isOwnFolder(folder)) return []
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function ageOf(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat === undefined ? 0 : Date.now() - stat.mtimeMs
}

/** The last of a disk is for the log. */
function hasRoom(dir: string, bytes: number): boolean {
  try {
    const { bavail, bsize } = statfsSync(dir)
    return bavail * bsize >= bytes + KEPT_FREE
  } catch {
    return false
  }
}

const KEPT_FREE = 64 << 20

/** A link could lead out of the project. */
export function isOwnFolder(folder: string): boolean {
  return lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
}
