/** The files of the chats of a project: of every slot, and those closed by rotation. */
import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type ChatFolder, chatFolders } from './chat-files.js'

export interface MessageFile {
  readonly path: string
  /** The slot whose process may be appending; undefined for a closed file. */
  readonly slot: number | undefined
}

export interface MessageFiles {
  readonly files: readonly MessageFile[]
  /** Those that are no regular files, and folders that are symbolic links: these would lead out of the workspace. */
  readonly refused: readonly string[]
}

/** Of a closed file that was compressed just now only the raw form is named. */
export function listMessageFiles(root: string): MessageFiles {
  const refused = new Set<string>()
  const files = chatFolders(root, refused).flatMap((folder) => filesIn(folder, refused))
  return { files, refused: [...refused] }
}

function filesIn({ path: dir, slot }: ChatFolder, refused: Set<string>): MessageFile[] {
  const files: MessageFile[] = []
  const entries = entriesIn(dir)
  const names = new Set(entries.map(({ name }) => name))
  for (const entry of entries) {
    const { name } = entry
    const isGzip = name.endsWith('.jsonl.gz')
    if (!name.endsWith('.jsonl') && !(isGzip && slot === undefined)) continue
    if (isGzip && names.has(name.slice(0, -'.gz'.length))) continue
    if (entry.isFile()) files.push({ path: join(dir, name), slot })
    else refused.add(join(dir, name))
  }
  return files
}

function entriesIn(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}
