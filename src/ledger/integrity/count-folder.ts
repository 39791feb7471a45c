/** The files of counts of a workspace: one a ledger that had something to count, and one of all that are gone. */
import { randomUUID } from 'node:crypto'
import { type Dirent, lstatSync } from 'node:fs'
import { lstat, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FileSystemError } from '../../errors.js'
import { makeFolder } from '../../journal/make-folder.js'
import { openRegular } from '../../journal/open-regular.js'
import { type CountFile, countFileText, parseCountFile } from './count-file.js'
import { CountTable } from './counts.js'

/** `workspace` is absolute. */
export function countFolder(workspace: string): string {
  return join(workspace, 'logs', 'integrity')
}

export interface FoundCounts {
  /** Of the folded file that counts; 0 when there is none. */
  readonly generation: number
  readonly folded: CountFile | undefined
  /** What counts beside it, by name. */
  readonly files: ReadonlyMap<string, CountFile>
  /** What does not count any more and can be removed. */
  readonly leftovers: readonly string[]
  /** No files of counts, whatever their names say. */
  readonly unreadable: readonly string[]
}

/** Each time that is in vain needs a fold by another process. */
const MAX_READS = 100

/**
 * All files as they are at one moment: when a fold took place meanwhile they are read again. Throws FileSystemError
 * LOG_READ_ERROR.
 */
export async function readCounts(folder: string): Promise<FoundCounts> {
  for (let reads = 1; ; reads++) {
    const names = await namesIn(folder)
    const found = await readNamed(folder, names)
    if (found !== undefined && (await generationIn(folder)) === found.generation) return found
    if (reads < MAX_READS) continue
    throw new FileSystemError('LOG_READ_ERROR', 'the files of counts change all the time', {
      operation: 'read',
      path: folder,
    })
  }
}

/** The sum of all files but one. */
export function sumOf({ folded, files }: FoundCounts, without?: string): CountTable {
  const sum = new CountTable()
  if (folded !== undefined) sum.addAll(folded.counts)
  for (const [name, { counts }] of files) if (name !== without) sum.addAll(counts)
  return sum
}

/** The number of the folded file that counts: the highest. 0 when there is none. */
export async function generationIn(folder: string): Promise<number> {
  return highestOf(await namesIn(folder))
}

export function foldedName(generation: number): string {
  return `folded.${generation}.json`
}

/** A reader sees the whole file or none, also after power loss. Makes the folder. Throws what the file system throws. */
export async function writeCounts(folder: string, name: string, file: CountFile): Promise<void> {
  const draft = await draftCounts(folder, file)
  try {
    await rename(draft, join(folder, name))
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw error
  }
}

/** The path of a new file, on the disk and under a name that does not count. */
export async function draftCounts(folder: string, file: CountFile): Promise<string> {
  makeFolder(folder)
  if (lstatSync(folder).isSymbolicLink()) {
    const message = 'the folder of the counts is a symbolic link'
    throw new FileSystemError('PATH_IS_SYMLINK', message, { operation: 'writeCounts', path: folder })
  }
  const draft = join(folder, `${DRAFT}${randomUUID()}`)
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(countFileText(file))
    await handle.sync()
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw error
  } finally {
    await handle.close()
  }
  return draft
}

const FOLDED = /^folded\.([1-9]\d{0,14})\.json$/
const OWN = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json$/
export const DRAFT = 'draft-'

/** Undefined when one of them is gone by now. */
async function readNamed(folder: string, names: readonly string[]): Promise<FoundCounts | undefined> {
  const generation = highestOf(names)
  const unreadable: string[] = []
  const read = async (name: string): Promise<CountFile | null | undefined> => {
    const text = await textOf(join(folder, name))
    if (text === undefined) return undefined
    const file = parseCountFile(text)
    if (file === undefined) unreadable.push(name)
    return file ?? null
  }
  const folded = generation === 0 ? null : await read(foldedName(generation))
  if (folded === undefined) return undefined
  const taken = new Set(folded?.folded)
  const leftovers = names.filter(
    (name) => taken.has(name) || (FOLDED.test(name) && generationOf(name) < generation),
  )
  const files = new Map<string, CountFile>()
  for (const name of names) {
    if (!OWN.test(name) || taken.has(name)) continue
    const file = await read(name)
    if (file === undefined) return undefined
    if (file !== null) files.set(name, file)
  }
  return { generation, folded: folded ?? undefined, files, leftovers, unreadable }
}

async function textOf(path: string): Promise<string | undefined> {
  const handle = await openRegular(path)
  try {
    return await handle?.readFile('utf8')
  } finally {
    await handle?.close()
  }
}

function highestOf(names: readonly string[]): number {
  return Math.max(0, ...names.map(generationOf))
}

function generationOf(name: string): number {
  return Number(FOLDED.exec(name)?.[1] ?? 0)
}

/** Of regular files only; none where the folder is a link. */
async function namesIn(folder: string): Promise<string[]> {
  if ((await lstat(folder).catch(() => undefined))?.isSymbolicLink()) return []
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown): Dirent[] => {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    const message = `could not read the files of counts (${String(code)})`
    throw new FileSystemError('LOG_READ_ERROR', message, { operation: 'read', path: folder, cause })
  })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}
