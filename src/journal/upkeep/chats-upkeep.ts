/** The message files of a project's chats: closed ones are compressed, and old chats deleted with a record of it. */
import { lstatSync } from 'node:fs'
import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isId } from '../../entry/ids.js'
import { formatInstant } from '../../entry/timestamp.js'
import {
  CHATS_DIR,
  chatPath,
  chatSlots,
  chatsOfSlot,
  closedChatFiles,
  closedChatFolder,
  closedChatPath,
  closedChats,
  makeClosedChatFolder,
} from '../chat-files.js'
import { moveAside } from '../move-aside.js'
import { CHATS, LOGS_DIR, type ProjectJournal } from '../project-journal.js'
import { ContentSummer } from '../seals/content-sum.js'
import { claimRole, isClaimed } from '../slot.js'
import { syncFolder } from '../sync-folder.js'
import { attempt, type OnFailure } from './attempt.js'
import { removeFiles } from './delete-segment.js'
import { gzipSegment } from './gzip-segment.js'
import type { RetiredSegment } from './journal-retention.js'
import type { PassResult } from './pass-result.js'
import type { Permit } from './permit.js'
import { scanSegment, timeFacts } from './scan-segment.js'
import type { SealChain } from './seal-chain.js'
import { segmentContent, sumOf } from './segment-content.js'

interface OldChat {
  readonly id: string
  readonly retired: RetiredSegment
  readonly damaged: number
}

export class ChatsUpkeep {
  readonly #root: string
  readonly #logsDir: string
  readonly #journal: ProjectJournal

  constructor(root: string, journal: ProjectJournal) {
    this.#root = root
    this.#logsDir = join(root, LOGS_DIR)
    this.#journal = journal
  }

  /** Closed files that are not compressed. */
  get raw(): string[] {
    return closedChats(this.#root)
      .flatMap((id) => closedChatFiles(this.#root, id))
      .flatMap(({ path }) => (isFile(path) && !path.endsWith('.gz') ? [path] : []))
  }

  /** `done` counts them. */
  async gzip(permit: Permit, onFailure: OnFailure, done: PassResult): Promise<void> {
    for (const path of this.raw) {
      await attempt(onFailure, async () => {
        await gzipSegment(path, await sumOf(path, permit), this.#logsDir, permit)
        done.compressed++
      })
    }
  }

  /** Chats whose newest line is from before `oldest`, epoch ms. Nothing is changed. Rejects as SealChain.requireKey. */
  async plan(
    oldest: number,
    chain: SealChain,
    permit: Permit,
    onFailure: OnFailure,
  ): Promise<RetiredSegment[]> {
    const old = await this.#oldChats(oldest, onFailure, permit)
    if (old.length > 0) chain.requireKey()
    return old.map(({ retired }) => retired)
  }

  async retire(
    oldest: number,
    chain: SealChain,
    permit: Permit,
    onFailure: OnFailure,
  ): Promise<RetiredSegment[]> {
    const deleted: RetiredSegment[] = []
    for (const chat of await this.#oldChats(oldest, onFailure, permit)) {
      await attempt(onFailure, async () => {
        if (await this.#delete(chat, oldest, chain, permit)) deleted.push(chat.retired)
      })
    }
    for (const id of closedChats(this.#root)) {
      if (closedChatFiles(this.#root, id).length > 0) continue
      // Of a deletion that was cut off; of a rotation that is under way it is not empty for long.
      await rmdir(closedChatFolder(this.#root, id)).catch(() => undefined)
    }
    return deleted
  }

  /** What cannot be read is kept, and told. */
  async #oldChats(oldest: number, onFailure: OnFailure, permit: Permit): Promise<OldChat[]> {
    if (!isFolder(join(this.#root, CHATS_DIR))) return []
    const ids = new Set([
      ...chatSlots(this.#root).flatMap((slot) => chatsOfSlot(this.#root, slot)),
      ...closedChats(this.#root),
    ])
    const old: OldChat[] = []
    for (const id of ids) {
      const paths = isId(id) ? this.#filesOf(id) : []
      // By the time of the disk first: that is cheap, and most chats are younger.
      if (paths.length === 0 || !paths.every((path) => isFile(path) && isOlder(path, oldest))) continue
      const chat = await attempt(onFailure, () => describe(id, paths, permit))
      if (chat === undefined) continue
      if (chat.retired.last === null || Date.parse(chat.retired.last) < oldest) old.push(chat)
    }
    return old
  }

  /** In reading order; none when one of them is written by a process that lives and is not this one. */
  #filesOf(id: string): string[] {
    const active = chatSlots(this.#root).filter((slot) => isThere(chatPath(this.#root, id, slot)))
    if (active.some((slot) => slot !== this.#journal.slot && isClaimed(this.#logsDir, String(slot))))
      return []
    return [
      ...closedChatFiles(this.#root, id).map(({ path }) => path),
      ...active.map((slot) => chatPath(this.#root, id, slot)),
    ]
  }

  /** False when the chat was written meanwhile: then it stays, closed. */
  async #delete(
    { id, retired, damaged }: OldChat,
    oldest: number,
    chain: SealChain,
    permit: Permit,
  ): Promise<boolean> {
    permit.check()
    chain.requireKey()
    for (const slot of chatSlots(this.#root)) await this.#close(id, slot, oldest)
    if (chatSlots(this.#root).some((slot) => isThere(chatPath(this.#root, id, slot)))) return false
    const paths = closedChatFiles(this.#root, id).map(({ path }) => path)
    const folder = closedChatFolder(this.#root, id)
    await syncFolder(folder)
    const content = await sumOfAll(paths, permit)
    permit.check()
    const { segment, entries } = retired
    const last = chain.latest(segment)
    // The record of a pass that was cut off speaks for the files that are still there.
    if (last?.sha256 !== content.sha256 || last.bytes !== content.bytes) {
      const at = formatInstant(Date.now())
      const made = { type: 'delete', segment, at, ...content, reason: 'age', summary: null } as const
      await chain.append({ ...made, entries, damaged })
    }
    const packed = paths.map((path) => `${path}.gz`).filter(isThere)
    await removeFiles(folder, [...packed, ...paths])
    return true
  }

  async #close(id: string, slot: number, oldest: number): Promise<void> {
    const path = chatPath(this.#root, id, slot)
    if (!isThere(path)) return
    if (slot === this.#journal.slot) return this.#journal.rotateChat(id, () => isOlder(path, oldest))
    const claim = claimRole(this.#logsDir, String(slot))
    if (claim === undefined) return
    try {
      moveAside(path, () => {
        makeClosedChatFolder(this.#root, id)
        return closedChatPath(this.#root, id, slot, new Date())
      })
    } finally {
      claim.release()
    }
  }
}

async function describe(id: string, paths: readonly string[], permit: Permit | undefined): Promise<OldChat> {
  let [bytes, entries, damaged] = [0, 0, 0]
  const times: number[] = []
  for (const path of paths) {
    const facts = await scanSegment(path, timeFacts('updated_at', 'created_at'), permit)
    bytes += lstatSync(path).size
    entries += facts.entries
    damaged += facts.damaged
    for (const ms of [facts.firstMs, facts.lastMs]) if (ms !== undefined) times.push(ms)
  }
  const instant = (ms: number): string | null => (Number.isFinite(ms) ? formatInstant(ms) : null)
  const [first, last] = [instant(Math.min(...times)), instant(Math.max(...times))]
  const segment = `messages/${id}`
  return { id, damaged, retired: { journal: CHATS, segment, bytes, entries, first, last, reason: 'age' } }
}

async function sumOfAll(paths: readonly string[], permit: Permit): Promise<ReturnType<ContentSummer['sum']>> {
  const summer = new ContentSummer()
  for (const path of paths) for await (const chunk of segmentContent(path, permit)) summer.add(chunk)
  return summer.sum()
}

function isOlder(path: string, oldest: number): boolean {
  return lstatSync(path).mtimeMs < oldest
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}
