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

function indexFolder(workspace, project) {
  return join(logsFolder(workspace, project), '.index')
}

export function deleteIndex({ workspace, projects }) {
  for (const project of projects) rmSync(indexFolder(workspace, project), { recursive: true, force: true })
}

/** {files, bytes, changedMs} of all indexes: bytes as they take up room on the disk, and epoch ms of the last change. */
export function indexState({ workspace, projects }) {
  const state = { files: 0, bytes: 0, changedMs: 0 }
  for (const project of projects) {
    const folder = indexFolder(workspace, project)
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
