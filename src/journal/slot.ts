/**
 * Which process writes which file of a project. Slot 0 is `llm_requests.jsonl`, slot n is `llm_requests.<n>.jsonl`:
 * one writer, one file, so no two processes ever write into one another's lines.
 *
 * A slot is owned by its highest claim, a file `.slots/<slot>.<generation>` that is made with link(2) and so by one
 * process only. Roles, such as `upkeep`, are owned in the same way. A process may make generation g+1 when the owner of g is gone or has released it. The highest claim
 * is never deleted, so generations never repeat.
 */
import { randomUUID } from 'node:crypto'
import { linkSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Writer } from '../entry/entry.js'
import { makeFolder } from './make-folder.js'
import { refuseLinks } from './own-folders.js'
import { isThreadGone, livenessOf, ownIdentity, ownThread } from './process-identity.js'
import { isReaderGone } from './reader-folder.js'

export const SLOTS_DIR = '.slots'

/** A process that cannot be looked at counts as gone when its claim was not renewed for this long. */
const CLAIM_EXPIRES_MS = 60_000
const RENEW_MS = 15_000
/** Well below what must pass before the claim can be lost. */
const CHECK_MS = 5_000

export interface Slot {
  readonly number: number
  /** False when another process took the slot because this one did not renew its claim: suspended, or blocked. */
  isHeld(): boolean
  /** Lets the next process take the slot; this one must not write to its files any more. */
  release(): void
}

/** A role that one process has at a time, such as `upkeep`; owned as a slot is. */
export type Role = Omit<Slot, 'number'>

/** Takes the lowest free slot below `logsDir`, which exists. Throws FileSystemError PATH_IS_SYMLINK, what the file system throws. */
export function claimSlot(logsDir: string): Slot {
  return withDraft(logsDir, (draft) => {
    for (let number = 0; ; number++) {
      const claim = tryClaim(draft, String(number))
      if (claim !== undefined) return { number, ...hold(claim, draft.content) }
    }
  })
}

/** Takes the named role, or slot, below `logsDir`; undefined when somebody else has it. Throws as claimSlot. */
export function claimRole(logsDir: string, name: string): Role | undefined {
  return withDraft(logsDir, (draft) => {
    const claim = tryClaim(draft, name)
    return claim === undefined ? undefined : hold(claim, draft.content)
  })
}

/** Whether somebody has the slot or role now, as far as this process can tell. Writes nothing. */
export function isClaimed(logsDir: string, name: string): boolean {
  const dir = join(logsDir, SLOTS_DIR)
  try {
    const generation = highestGeneration(dir, name)
    return generation > 0 && !isFree(claimPath(dir, name, generation), Date.now())
  } catch {
    // Without the folder there is no claim.
    return false
  }
}

interface Draft {
  readonly dir: string
  readonly path: string
  readonly content: string
  /** The disk's own time, epoch ms: clocks of two hosts may differ. */
  readonly now: number
}

/** Each claim is a link to the draft, so it is whole from its first moment. */
function withDraft<T>(logsDir: string, claim: (draft: Draft) => T): T {
  const dir = join(logsDir, SLOTS_DIR)
  refuseLinks([logsDir, dir])
  makeFolder(dir)
  // First: on a full disk they may hold the space for the draft.
  removeDeadReaders(dir)
  const path = join(dir, `draft-${randomUUID()}`)
  // The token tells the claims of two ledgers in one process apart.
  const content = JSON.stringify({ ...ownIdentity(), thread: ownThread(), token: randomUUID() })
  try {
    writeFileSync(path, content, { mode: 0o600 })
    const now = statSync(path).mtimeMs
    removeLeftovers(dir, now)
    return claim({ dir, path, content, now })
  } finally {
    rmSync(path, { force: true })
  }
}

/** The path of the claim that was made, undefined when somebody else is the owner. */
function tryClaim(draft: Draft, name: string): string | undefined {
  const { dir } = draft
  const generation = highestGeneration(dir, name)
  const claim = claimPath(dir, name, generation + 1)
  if (generation > 0 && !isFree(claimPath(dir, name, generation), draft.now)) return undefined
  try {
    linkSync(draft.path, claim)
  } catch (error) {
    if (isExist(error)) return tryClaim(draft, name)
    throw error
  }
  // The listing may have been old: a higher claim means that ours came too late.
  if (highestGeneration(dir, name) !== generation + 1) {
    rmSync(claim, { force: true })
    return tryClaim(draft, name)
  }
  // Also those that a process left which died right here.
  for (const lower of generationsOf(dir, name)) {
    if (lower <= generation) rmSync(claimPath(dir, name, lower), { force: true })
  }
  return claim
}

function hold(claim: string, content: string): Role {
  let checkedMs = Date.now()
  const overwrite = (text: string): void => {
    try {
      // Written, not touched: the time is then the disk's. A claim that is gone is not made again.
      if (isOurs(claim, content)) writeFileSync(claim, text, { flag: 'r+' })
    } catch {
      // The folder is gone or read-only; the end of this process releases the claim as well.
    }
  }
  const renewal = setInterval(() => overwrite(content), RENEW_MS).unref()
  return {
    isHeld() {
      // Nobody takes a claim that was renewed within a minute, so a process that was not suspended need not look.
      if (Math.abs(Date.now() - checkedMs) < CHECK_MS) return true
      checkedMs = Date.now()
      const held = isOurs(claim, content)
      if (!held) clearInterval(renewal)
      return held
    },
    release() {
      clearInterval(renewal)
      overwrite(RELEASED)
    },
  }
}

function isOurs(claim: string, content: string): boolean {
  try {
    return readFileSync(claim, 'utf8') === content
  } catch {
    return false
  }
}

/** Overwrites the first bytes of a claim, so that it parses as no owner. */
const RELEASED = 'released '

/** `now` is the time of the disk that holds the claim, epoch ms. */
function isFree(claim: string, now: number): boolean {
  let text: string
  let renewedMs: number
  try {
    text = readFileSync(claim, 'utf8')
    renewedMs = statSync(claim).mtimeMs
  } catch {
    // A newer claim took its place.
    return false
  }
  const owner = parseOwner(text)
  if (owner === undefined) return true
  const liveness = livenessOf(owner)
  if (liveness === 'gone') return true
  if (liveness === 'alive') return owner.thread !== undefined && isThreadGone(owner.pid, owner.thread)
  return now - renewedMs > CLAIM_EXPIRES_MS
}

interface Owner extends Writer {
  /** Of a claim that was made in a worker thread. */
  readonly thread: string | undefined
}

function parseOwner(text: string): Owner | undefined {
  try {
    const { host, pid, started, thread } = JSON.parse(text)
    return typeof host === 'string' && typeof pid === 'number' && typeof started === 'string'
      ? { host, pid, started, thread: typeof thread === 'string' ? thread : undefined }
      : undefined
  } catch {
    return undefined
  }
}

/** What readers that were killed hold is deleted already for everybody else. */
function removeDeadReaders(dir: string): void {
  for (const name of readdirSync(dir)) {
    if (isReaderGone(name)) clearUp(join(dir, name))
  }
}

const LEFTOVER_MS = 3_600_000

/** Drafts, and links of readers of whom nothing can be told, are nobody's after an hour. */
function removeLeftovers(dir: string, now: number): void {
  for (const name of readdirSync(dir)) {
    if (!name.startsWith('draft-') && !name.startsWith('read-')) continue
    const stat = statSync(join(dir, name), { throwIfNoEntry: false })
    if (stat !== undefined && now - stat.mtimeMs > LEFTOVER_MS) clearUp(join(dir, name))
  }
}

/** No claim fails for it: what another user left cannot be removed by this one. */
function clearUp(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    // The next claim by somebody who may tries again.
  }
}

function claimPath(dir: string, name: string, generation: number): string {
  return join(dir, `${name}.${generation}`)
}

function highestGeneration(dir: string, name: string): number {
  return Math.max(0, ...generationsOf(dir, name))
}

function generationsOf(dir: string, name: string): number[] {
  return readdirSync(dir).flatMap((file) => {
    const [owned, generation] = file.split('.')
    return owned === name ? [Number(generation) || 0] : []
  })
}

function isExist(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}
