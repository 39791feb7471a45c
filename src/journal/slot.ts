/**
 * Which process writes which file of a project. Slot 0 is `llm_requests.jsonl`, slot n is `llm_requests.<n>.jsonl`:
 * one writer, one file, so no two processes ever write into one another's lines.
 *
 * A slot is owned by its highest claim, a file `.slots/<slot>.<generation>` that is made with link(2) and so by one
 * process only. A process may make generation g+1 when the owner of g is gone or has released it. The highest claim
 * is never deleted, so generations never repeat.
 */
import { randomUUID } from 'node:crypto'
import { linkSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Writer } from '../entry/entry.js'
import { makeFolder } from './make-folder.js'
import { livenessOf, ownIdentity } from './process-identity.js'

export const SLOTS_DIR = '.slots'

/** A process that cannot be looked at counts as gone when its claim was not renewed for this long. */
const CLAIM_EXPIRES_MS = 60_000
const RENEW_MS = 15_000

export interface Slot {
  readonly number: number
  /** Lets the next process take the slot; this one must not write to its files any more. */
  release(): void
}

/** Takes the lowest free slot below `logsDir`, which exists. Throws what the file system throws. */
export function claimSlot(logsDir: string): Slot {
  const dir = join(logsDir, SLOTS_DIR)
  makeFolder(dir)
  removeLeftovers(dir)
  for (let number = 0; ; number++) {
    const claim = tryClaim(dir, number)
    if (claim !== undefined) return hold(claim, number)
  }
}

/** The path of the claim that was made, undefined when somebody else owns the slot. */
function tryClaim(dir: string, slot: number): string | undefined {
  const generation = highestGeneration(dir, slot)
  if (generation > 0 && !isFree(claimPath(dir, slot, generation))) return undefined
  const claim = claimPath(dir, slot, generation + 1)
  const draft = join(dir, `draft-${randomUUID()}`)
  writeFileSync(draft, JSON.stringify(ownIdentity()), { mode: 0o600 })
  try {
    linkSync(draft, claim)
  } catch (error) {
    if (isExist(error)) return tryClaim(dir, slot)
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
  // The listing may have been old: a higher claim means that ours came too late.
  if (highestGeneration(dir, slot) !== generation + 1) {
    rmSync(claim, { force: true })
    return tryClaim(dir, slot)
  }
  if (generation > 0) rmSync(claimPath(dir, slot, generation), { force: true })
  return claim
}

function hold(claim: string, number: number): Slot {
  const renewal = setInterval(() => {
    const now = new Date()
    try {
      utimesSync(claim, now, now)
    } catch {
      // A claim that was deleted by hand is not made again: the owner may have changed.
    }
  }, RENEW_MS)
  renewal.unref()
  return {
    number,
    release() {
      clearInterval(renewal)
      try {
        writeFileSync(claim, RELEASED, { flag: 'r+' })
      } catch {
        // The folder is gone or read-only; the end of this process releases the slot as well.
      }
    },
  }
}

/** Overwrites the first bytes of a claim, so that it parses as no owner. */
const RELEASED = 'released '

function isFree(claim: string): boolean {
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
  return liveness === 'gone' || (liveness === 'unknown' && Date.now() - renewedMs > CLAIM_EXPIRES_MS)
}

function parseOwner(text: string): Writer | undefined {
  try {
    const { host, pid, started } = JSON.parse(text)
    return typeof host === 'string' && typeof pid === 'number' && typeof started === 'string'
      ? { host, pid, started }
      : undefined
  } catch {
    return undefined
  }
}

const LEFTOVER_MS = 3_600_000

/** Drafts and readers' links of processes that died are nobody's after an hour. */
function removeLeftovers(dir: string): void {
  for (const name of readdirSync(dir)) {
    if (!name.startsWith('draft-') && !name.startsWith('read-')) continue
    const stat = statSync(join(dir, name), { throwIfNoEntry: false })
    if (stat !== undefined && Date.now() - stat.mtimeMs > LEFTOVER_MS) {
      rmSync(join(dir, name), { recursive: true, force: true })
    }
  }
}

function claimPath(dir: string, slot: number, generation: number): string {
  return join(dir, `${slot}.${generation}`)
}

function highestGeneration(dir: string, slot: number): number {
  let highest = 0
  for (const name of readdirSync(dir)) {
    const [number, generation] = name.split('.')
    if (number === String(slot)) highest = Math.max(highest, Number(generation) || 0)
  }
  return highest
}

function isExist(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}
