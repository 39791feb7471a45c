// A copy of a ledger that may be written: closed segments are links, the rest is copied.
import { copyFileSync, cpSync, existsSync, linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isClosedName } from '../../../dist/journal/segments.js'
import { indexFolders, logsFolder } from '../journal-files.mjs'

/** {ledger, remove()}: the copy stands beside the original. */
export function copyLedger(ledger) {
  const workspace = join(ledger.folder, 'working-copy')
  const remove = () => rmSync(workspace, { recursive: true, force: true })
  remove()
  for (const project of ledger.projects) {
    const [from, to] = [logsFolder(ledger.workspace, project), logsFolder(workspace, project)]
    mkdirSync(to, { recursive: true, mode: 0o700 })
    copyFileSync(join(from, '..', 'project.json'), join(to, '..', 'project.json'))
    for (const entry of readdirSync(from, { withFileTypes: true })) {
      if (!entry.isFile()) continue
      const place = isClosedName(entry.name) ? linkSync : copyFileSync
      place(join(from, entry.name), join(to, entry.name))
    }
  }
  const copy = { ...ledger, workspace }
  const folders = indexFolders(copy)
  for (const [at, index] of indexFolders(ledger).entries()) {
    if (existsSync(index)) cpSync(index, folders[at], { recursive: true, preserveTimestamps: true })
  }
  return { ledger: copy, remove }
}
