/** Names of the message files of a chat: an active one in each slot, and those that were closed. */
import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { FileSystemError } from '../errors.js'
import { makeFolder } from './make-folder.js'
import { foldersTo, linkAmong, refuseLinks } from './own-folders.js'

export const CHATS_DIR = 'chats'
export const CLOSED_CHATS = '.closed'

/** Where a slot writes the messages of a chat: `chats/<id>.jsonl`, for other slots `chats/.slots/<slot>/<id>.jsonl`. */
export function chatPath(root: string, chatId: string, slot: number): string {
  return join(slotFolder(root, slot), `${chatId}.jsonl`)
}

function slotFolder(root: string, slot: number): string {
  return slot === 0 ? join(root, CHATS_DIR) : join(root, CHATS_DIR, '.slots', String(slot))
}

/** Slots that have or had message files: 0 always. Links that were passed over are added to `refused`. */
export function chatSlots(root: string, refused?: Set<string>): number[] {
  const others = foldersIn(root, join(root, CHATS_DIR, '.slots'), refused)
    .filter((name) => /^[1-9]\d*$/.test(name) && Number.isSafeInteger(Number(name)))
    .map(Number)
  return [0, ...others.sort((a, b) => a - b)]
}

/** The chats of which a slot has an active file. */
export function chatsOfSlot(root: string, slot: number): string[] {
  const folder = slotFolder(root, slot)
  const names = isOwnFolder(root, folder) ? namesIn(folder) : []
  return names.filter((name) => name.endsWith('.jsonl')).map((name) => name.slice(0, -'.jsonl'.length))
}

/** The chats that have closed files. Links that were passed over are added to `refused`. */
export function closedChats(root: string, refused?: Set<string>): string[] {
  return foldersIn(root, join(root, CHATS_DIR, CLOSED_CHATS), refused)
}

export interface ChatFolder {
  readonly path: string
  /** Undefined for one of closed files. */
  readonly slot: number | undefined
}

/** All folders that hold message files. Links that were passed over are added to `refused`. */
export function chatFolders(root: string, refused: Set<string>): ChatFolder[] {
  const active = chatSlots(root, refused).map((slot) => ({ path: slotFolder(root, slot), slot }))
  const closed = closedChats(root, refused).map((id) => ({
    path: closedChatFolder(root, id),
    slot: undefined,
  }))
  return [...active, ...closed].filter(({ path }) => isOwnFolder(root, path, refused))
}

export function closedChatFolder(root: string, chatId: string): string {
  return join(root, CHATS_DIR, CLOSED_CHATS, chatId)
}

export interface ClosedChatFile {
  readonly path: string
  readonly slot: number
  readonly sequence: number
}

/** `<slot>-<sequence>-<UTC time>.jsonl`, compressed `.jsonl.gz`. */
const NAME = /^(\d+)-(\d+)-[0-9TZ]+\.jsonl(?:\.gz)?$/

/** By slot and sequence; of one that is there in both forms the raw one, which is surely whole. */
export function closedChatFiles(root: string, chatId: string): ClosedChatFile[] {
  const folder = closedChatFolder(root, chatId)
  const names = isOwnFolder(root, folder) ? namesIn(folder) : []
  const files = names.flatMap((name) => {
    const [, slot, sequence] = NAME.exec(name) ?? []
    if (sequence === undefined || (name.endsWith('.gz') && names.includes(name.slice(0, -'.gz'.length))))
      return []
    return [{ path: join(folder, name), slot: Number(slot), sequence: Number(sequence) }]
  })
  return files.sort((a, b) => a.slot - b.slot || a.sequence - b.sequence)
}

/** The path under which the active file of a slot is closed now. */
export function closedChatPath(root: string, chatId: string, slot: number, now: Date): string {
  const last =
    closedChatFiles(root, chatId)
      .filter((file) => file.slot === slot)
      .at(-1)?.sequence ?? 0
  const time = now.toISOString().replace(/[-:]/g, '').replace('.', '')
  const name = `${slot}-${String(last + 1).padStart(8, '0')}-${time}.jsonl`
  return join(closedChatFolder(root, chatId), name)
}

/** Makes the folder of the closed files of a chat. Throws FileSystemError PATH_IS_SYMLINK. */
export function makeClosedChatFolder(root: string, chatId: string): void {
  const path = closedChatFolder(root, chatId)
  refuseLinks([...foldersTo(path, root), path])
  makeFolder(path)
}

function foldersIn(root: string, folder: string, refused?: Set<string>): string[] {
  const names = isOwnFolder(root, folder, refused) ? namesIn(folder) : []
  return names.filter((name) => isOwnFolder(root, join(folder, name), refused))
}

/** A symbolic link, wherever it stands between the project and the folder, would lead out of the workspace. */
function isOwnFolder(root: string, folder: string, refused?: Set<string>): boolean {
  const link = linkAmong([...foldersTo(folder, root), folder])
  if (link !== undefined) refused?.add(link)
  return link === undefined && isFolder(folder)
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    const message = `could not read ${path} (${code})`
    throw new FileSystemError('LOG_READ_ERROR', message, { operation: 'readChat', path, cause })
  }
}
