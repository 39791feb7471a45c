/** Where the parts of a folder's files lie: in `.index/` beside them, each under the name of its file. */
import { randomUUID } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Part } from './part.js'
import { PartError } from './part-error.js'

const FOLDER = '.index'
const ENDING = '.part'
const DRAFT = 'draft-'
/** Older ones are left by a process that died. */
const DRAFT_MS = 3_600_000

export function partPath(file: string): string {
  return join(dirname(file), FOLDER, `${basename(file)}${ENDING}`)
}

/** Which file a part is of. That of a growing one is replaced by each process that reads on, so it is held in memory. */
export type PartOf = 'closed' | 'growing'

/** The part of the file as it is, if there is one; what cannot be used is removed. */
export function openPart(file: string, of: PartOf, isOf: (part: Part) => boolean): Part | undefined {
  const path = partPath(file)
  if (!isOwnFolder(dirname(path))) return undefined
  try {
    const part = of === 'closed' ? Part.open(path) : Part.load(path)
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
  const folder = dirname(path)
  const draft = join(folder, `${DRAFT}${randomUUID()}`)
  const bytes = contents.reduce((sum, content) => sum + content.length, 0)
  if (!onDisk || !hasRoom(dirname(file), bytes)) return Part.inMemory(path, contents)
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch {}
  if (!isOwnFolder(folder)) return Part.inMemory(path, contents)
  try {
    await writeFile(draft, contents, { flag: 'wx', mode: 0o600 })
    renameSync(draft, path)
    return (of === 'closed' ? Part.open(path) : undefined) ?? Part.inMemory(path, contents)
  } catch {
    removePart(draft)
    return Part.inMemory(path, contents)
  }
}

/** Removes what no file of the folder has any more. */
export function tidyParts(dir: string, files: readonly string[]): void {
  const folder = join(dir, FOLDER)
  if (!isOwnFolder(folder)) return
  const names = new Set(files.map((file) => `${basename(file)}${ENDING}`))
  for (const name of namesIn(folder)) {
    const isOld = name.startsWith(DRAFT) && ageOf(join(folder, name)) > DRAFT_MS
    if (isOld || (name.endsWith(ENDING) && !names.has(name))) removePart(join(folder, name))
  }
}

/** What cannot be read is left alone. */
function namesIn(folder: string): string[] {
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
function isOwnFolder(folder: string): boolean {
  return lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
}
