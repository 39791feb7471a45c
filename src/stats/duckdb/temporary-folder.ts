/** Folders for copies and for what needs more memory than there is: their names say whose they are, so that the next process removes what a killed one left. */
import { lstatSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMarkGone, processMark } from '../../journal/process-mark.js'

const NAME = /^ledgerline-(?:query|readable|duckdb)-(\d+-\d*-[0-9a-f]{16})-./

/** For its owner alone, whatever the umask. */
export async function makeTemporaryFolder(of: 'query' | 'readable' | 'duckdb'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `ledgerline-${of}-${processMark()}-`))
  await chmod(folder, 0o700)
  return folder
}

/** Removes those of processes that are gone. What cannot be removed does no harm. */
export async function removeLeftFolders(): Promise<void> {
  const temporary = tmpdir()
  const names = await readdir(temporary).catch(() => [])
  const left = names.filter((name) => isMarkGone(NAME.exec(name)?.[1] ?? ''))
  for (const path of left.map((name) => join(temporary, name))) {
    if (isOwnFolder(path)) await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** Anybody may make something of such a name there. Links are unlinked by rm, never followed. */
function isOwnFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === (process.getuid?.() ?? found.uid)
}
