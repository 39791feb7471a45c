/** Names of the message files of a chat: an active one in each slot, and those that were closed. */
import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { FileSystemError } from '../errors.js'
import { makeFolder } from './make-folder.js'
import { foldersTo, refuseLinks } from './own-folders.js'

export const CHATS_DIR = 'chats'
export const CLOSED_CHATS = '.closed'

/** Where a slot writes the messages of a chat: `chats/<id>.jsonl`, for other slots `chats/.slots/<slot>/<id>.jsonl`. */
export function chatPath(root: string, chatId: string, slot: number): string {
  return join(slotFolder(root, slot), `${chatId}.jsonl`)
}

function slotFolder(root: string, slot: number): string {
  return slot === 0 ? join(root, CHATS_DIR) : join(root, CHATS_DIR, '.slots', String(slot))
}

/** Slots that have or had message files: 0 always. */
export function chatSlots(root: string): number[] {
  const folder = join(root, CHATS_DIR, '.slots')
  const others = (isFolder(folder) ? namesIn(folder) : [])
    .map(Number)
    .filter((slot) => Number.isSafeInteger(slot) && isFolder(slotFolder(root, slot)))
  return [0, ...others.sort((a, b) => a - b)]
}

/** The chats of which a slot has an active file. */
export function chatsOfSlot(root: string, slot: number): string[] {
  const names = namesIn(slotFolder(root, slot)).filter((name) => name.endsWith('.jsonl'))
  return names.map((name) => name.slice(0, -'.jsonl'.length))
}

/** The chats that have closed files. */
export function closedChats(root: string): string[] {
  return namesIn(join(root, CHATS_DIR, CLOSED_CHATS)).filter((id) => isOwnFolder(root, id))
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
  const names = isOwnFolder(root, chatId) ? namesIn(folder) : []
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

/** A symbolic link would lead out of the workspace. */
function isOwnFolder(root: string, chatId: string): boolean {
  return isFolder(join(root, CHATS_DIR, CLOSED_CHATS)) && isFolder(closedChatFolder(root, chatId))
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
