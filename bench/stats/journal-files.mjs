// Where the lines and the indexes of a ledger are.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { listSegments } from '../../dist/journal/segments.js'

export function logsFolder(workspace, { slug }) {
  return join(workspace, 'projects', slug, 'logs')
}

/** The files of requests of these projects, in reading order. */
export function journalFiles(workspace, projects) {
  return projects.flatMap((project) =>
    listSegments(logsFolder(workspace, project), 'llm_requests').map(({ path }) => path),
  )
}

/** Of the workspace and of each project, whether they are there or not. */
export function indexFolders({ workspace, projects }) {
  return [workspace, ...projects.map((project) => logsFolder(workspace, project))].map((folder) =>
    join(folder, '.index'),
  )
}

export function deleteIndex(ledger) {
  for (const folder of indexFolders(ledger)) rmSync(folder, { recursive: true, force: true })
}

/** {files, bytes, changedMs} of all indexes: bytes as they take up room on the disk, and epoch ms of the last change. */
export function indexState(ledger) {
  const state = { files: 0, bytes: 0, changedMs: 0 }
  for (const folder of indexFolders(ledger)) {
    if (!existsSync(folder)) continue
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const found = statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })
      if (found === undefined) continue
      state.bytes += found.blocks * 512
      if (!found.isFile()) continue
      state.files++
      state.changedMs = Math.max(state.changedMs, found.mtimeMs)
    }
  }
  return state
}
