/** The files of the chats of a project: of every slot, and those closed by rotation. */
import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { CHATS_DIR, CLOSED_CHATS } from './chat-files.js'

export interface MessageFile {
  readonly path: string
  /** The slot whose process may be appending; undefined for a closed file. */
  readonly slot: number | undefined
}

export interface MessageFiles {
  readonly files: readonly MessageFile[]
  /** Those that are no regular files. */
  readonly refused: readonly string[]
}

/** Of a closed file that was compressed just now only the raw form is named. */
export function listMessageFiles(root: string): MessageFiles {
  const dir = join(root, CHATS_DIR)
  const found = { files: [] as MessageFile[], refused: [] as string[] }
  gather(dir, 0, found)
  for (const { name } of entriesIn(join(dir, '.slots'))) {
    const slot = Number(name)
    if (Number.isSafeInteger(slot)) gather(join(dir, '.slots', name), slot, found)
  }
  for (const { name } of entriesIn(join(dir, CLOSED_CHATS))) {
    gather(join(dir, CLOSED_CHATS, name), undefined, found)
  }
  return found
}

function gather(
  dir: string,
  slot: number | undefined,
  found: { readonly files: MessageFile[]; readonly refused: string[] },
): void {
  const entries = entriesIn(dir)
  const names = new Set(entries.map(({ name }) => name))
  for (const entry of entries) {
    const { name } = entry
    const isGzip = name.endsWith('.jsonl.gz')
    if (!name.endsWith('.jsonl') && !(isGzip && slot === undefined)) continue
    if (isGzip && names.has(name.slice(0, -'.gz'.length))) continue
    if (entry.isFile()) found.files.push({ path: join(dir, name), slot })
    else found.refused.push(join(dir, name))
  }
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
