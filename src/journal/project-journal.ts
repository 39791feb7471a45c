/** The journals of one project, as this process writes them: requests, events, chats and messages. */
import { join } from 'node:path'
import { FileSystemError } from '../errors.js'
import { AppendFile } from './append-file.js'
import { CHATS_DIR, chatPath, closedChatPath, makeClosedChatFolder } from './chat-files.js'
import { Descriptors } from './descriptors.js'
import { makeFolder } from './make-folder.js'
import type { TornTail } from './open-file.js'
import { refuseLinks } from './own-folders.js'
import type { QueueBudget } from './queue-budget.js'
import { activeName, closedName, nextSequence } from './segments.js'
import { claimSlot, type Slot } from './slot.js'

export interface JournalOptions {
  /** Sync to the disk before an append resolves. */
  readonly sync: boolean
  /** Bytes after which the active file of a rotated journal is closed. */
  readonly maxBytes: number
  readonly onTornTail: (torn: TornTail) => void
  readonly budget: QueueBudget
  /** A file of this project is being closed for its size. Must not throw. */
  readonly onRotated?: (root: string) => void
}

export { CHATS_DIR, chatPath }
export const LOGS_DIR = 'logs'
export const REQUESTS = 'llm_requests'
export const EVENTS = 'events'
export const CHATS = 'chats'
/** The journals of a project. */
export const JOURNALS = [REQUESTS, EVENTS, CHATS] as const
export type JournalName = (typeof JOURNALS)[number]

/** Chats of a project kept open at once. */
const OPEN_CHATS = 64
/** Over all projects of this process, also while more are written to. Chats do not close logs. */
const chatDescriptors = new Descriptors(128)
const logDescriptors = new Descriptors(256)

/** Appends claim the slot of this process at the first call and keep it until close(). */
export class ProjectJournal {
  readonly #root: string
  readonly #options: JournalOptions
  readonly #rotated = new Map<JournalName, AppendFile>()
  readonly #chats = new Map<string, AppendFile>()
  readonly #closing = new Set<Promise<void>>()
  #slot: Slot | undefined

  constructor(root: string, options: JournalOptions) {
    this.#root = root
    this.#options = options
  }

  /** To `logs/<base>.jsonl`, rotated by size. Rejects as AppendFile.add says failed. */
  async appendLog(base: JournalName, line: string): Promise<void> {
    await this.file(base).append(line)
  }

  /** To the chat's own file; `chatId` was checked by isId. */
  async appendMessages(chatId: string, lines: string, mayWait = false): Promise<void> {
    try {
      await this.#chatFile(chatId).append(lines, mayWait)
    } finally {
      this.#closeIdleChats(OPEN_CHATS)
    }
  }

  /** Waits until nothing is under way. */
  async settled(): Promise<void> {
    const files = [...this.#rotated.values(), ...this.#chats.values()]
    await Promise.all([...files.map((file) => file.settled()), ...this.#closing])
  }

  /** The slot of this process; undefined until the first append. */
  get slot(): number | undefined {
    return this.#slot?.number
  }

  /**
   * Closes the active files of this process that hold something and are due, also while lines are being appended; the
   * paths of the closed segments. Rejects with what the file system refuses.
   */
  async rotate(isDue: (path: string) => boolean): Promise<string[]> {
    const closed: string[] = []
    if (this.#slot?.isHeld() !== true) return closed
    for (const base of JOURNALS) {
      const path = await this.file(base).rotate(isDue)
      if (path !== undefined) closed.push(path)
    }
    return closed
  }

  /** Closes the active file of a chat in this process's slot, as rotate does. */
  async rotateChat(chatId: string, isDue: (path: string) => boolean): Promise<void> {
    if (this.#slot?.isHeld() !== true) return
    await this.#chatFile(chatId).rotate(isDue)
    this.#closeIdleChats(OPEN_CHATS)
  }

  /** For a process that ends: writes what waits without a wait, as far as the disk takes it. */
  writeNow(): void {
    if (this.#slot?.isHeld() !== true) return
    // What a message says is there before the entry that names it.
    for (const file of [...this.#chats.values(), ...this.#rotated.values()]) {
      try {
        file.writeNow()
      } catch {
        // The others may be on another disk, and nobody is left to be told.
      }
    }
  }

  async close(): Promise<void> {
    await this.#closeFiles()
    this.#slot?.release()
    this.#slot = undefined
  }

  async #closeFiles(): Promise<void> {
    const files = [...this.#rotated.values(), ...this.#chats.values()]
    this.#rotated.clear()
    this.#chats.clear()
    await Promise.all([...files.map((file) => file.close()), ...this.#closing])
  }

  /** The slot of this process, claimed anew when it was lost while the process was suspended. */
  #claimed(): number {
    if (this.#slot?.isHeld() === true) return this.#slot.number
    if (this.#slot !== undefined) {
      const closing = this.#closeFiles().finally(() => this.#closing.delete(closing))
      this.#closing.add(closing)
    }
    const path = join(this.#root, LOGS_DIR)
    try {
      refuseLinks([path])
      makeFolder(path)
      this.#slot = claimSlot(path)
      return this.#slot.number
    } catch (cause) {
      if (cause instanceof FileSystemError) throw cause
      const reason = cause instanceof Error ? cause.message : String(cause)
      const message = `could not take a file to write in ${path}: ${reason}`
      throw new FileSystemError('LOG_WRITE_ERROR', message, { operation: 'append', path, cause })
    }
  }

  /** The file to append to now; another one later. Throws FileSystemError LOG_WRITE_ERROR, PATH_IS_SYMLINK. */
  file(base: JournalName): AppendFile {
    const slot = this.#claimed()
    let file = this.#rotated.get(base)
    if (file === undefined) {
      const dir = join(this.#root, LOGS_DIR)
      file = new AppendFile({
        path: join(dir, activeName(base, slot)),
        root: this.#root,
        descriptors: logDescriptors,
        sync: this.#options.sync,
        onTornTail: this.#options.onTornTail,
        budget: this.#options.budget,
        rotation: {
          maxBytes: this.#options.maxBytes,
          closedPath: () => {
            this.#options.onRotated?.(this.#root)
            return join(dir, closedName(base, slot, nextSequence(dir, base, slot), new Date()))
          },
        },
      })
      this.#rotated.set(base, file)
    }
    return file
  }

  #chatFile(chatId: string): AppendFile {
    const slot = this.#claimed()
    const known = this.#chats.get(chatId)
    // Inserted anew, so that the map's order is that of the last use.
    this.#chats.delete(chatId)
    const file =
      known ??
      new AppendFile({
        path: chatPath(this.#root, chatId, slot),
        root: this.#root,
        descriptors: chatDescriptors,
        sync: this.#options.sync,
        onTornTail: this.#options.onTornTail,
        budget: this.#options.budget,
        rotation: {
          maxBytes: this.#options.maxBytes,
          closedPath: () => {
            this.#options.onRotated?.(this.#root)
            makeClosedChatFolder(this.#root, chatId)
            return closedChatPath(this.#root, chatId, slot, new Date())
          },
        },
      })
    // Before the new one is in the map: it is idle until its first append.
    if (known === undefined) this.#closeIdleChats(OPEN_CHATS - 1)
    this.#chats.set(chatId, file)
    return file
  }

  /** Closes the chats that were not used for longest, until `keep` are left or all others are busy. */
  #closeIdleChats(keep: number): void {
    for (const [chatId, file] of this.#chats) {
      if (this.#chats.size <= keep) return
      if (!file.idle) continue
      this.#chats.delete(chatId)
      const closing = file.close().finally(() => this.#closing.delete(closing))
      this.#closing.add(closing)
    }
  }
}
