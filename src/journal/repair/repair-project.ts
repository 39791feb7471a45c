/** Repair of a project: closed segments, active files of slots that nobody has, and messages. */
import { join } from 'node:path'
import { formatInstant } from '../../entry/timestamp.js'
import { listMessageFiles } from '../message-files.js'
import { JOURNALS, type JournalName, LOGS_DIR } from '../project-journal.js'
import { moveAside } from '../rotated-file.js'
import type { SealKey } from '../seals/keys.js'
import { closedName, closedSegments, listSegments, nextSequence, type Segment } from '../segments.js'
import { claimRole, isClaimed } from '../slot.js'
import { syncFolder } from '../sync-folder.js'
import { removeDrafts } from '../upkeep/draft.js'
import { PassStopped } from '../upkeep/permit.js'
import { SealChain } from '../upkeep/seal-chain.js'
import { MESSAGES } from '../verify/record-of.js'
import { type PlannedRepair, planRepair, repairFile } from './repair-file.js'

export interface RepairedFile {
  /** Absolute; of an active file of a journal, the segment that it was closed to. */
  readonly path: string
  /** Damaged lines, and a gzip file that ends early or is bad. */
  readonly damaged: number
  /** Records taken out of them. */
  readonly salvaged: number
  /** Intact lines, which are kept as they are. */
  readonly intact: number
  /** Where the file is kept as it was; null when nothing was changed. */
  readonly original: string | null
}

export interface ProjectRepair {
  readonly files: readonly RepairedFile[]
  /** Damaged files that a living process writes: they are left as they are. */
  readonly busy: readonly string[]
}

export interface RepairOptions {
  readonly key: SealKey | undefined
  /** Before each step that changes files; throws when the claim of upkeep was lost. */
  readonly check: () => void
  /** Told of each file that could not be repaired and why; the others are. */
  readonly onFailure: (error: unknown, path: string) => void
}

/** What a repair would do; nothing is changed. */
export async function planProject(
  root: string,
  onFailure: RepairOptions['onFailure'],
): Promise<ProjectRepair> {
  const dir = join(root, LOGS_DIR)
  const found = { files: [] as RepairedFile[], busy: [] as string[] }
  const look = (
    path: string,
    slot: number | undefined,
    owner: Parameters<typeof planRepair>[1],
  ): Promise<void> =>
    attempt(path, onFailure, async () => {
      const planned = await planRepair(path, owner)
      if (planned === undefined) return
      if (slot === undefined || !isClaimed(dir, String(slot))) found.files.push(describe(path, planned, null))
      else if (isDamaged(planned)) found.busy.push(path)
    })
  for (const base of JOURNALS) {
    for (const { path, form, slot } of listSegments(dir, base)) {
      await look(path, form === 'active' ? slot : undefined, base)
    }
  }
  for (const { path, slot } of listMessageFiles(root).files) await look(path, slot, MESSAGES)
  return found
}

/** The caller holds the claim of upkeep. Rejects when a chain of seals cannot be read, and with what `check` throws. */
export async function repairProject(root: string, options: RepairOptions): Promise<ProjectRepair> {
  const dir = join(root, LOGS_DIR)
  const found = { files: [] as RepairedFile[], busy: [] as string[] }
  removeDrafts(dir)
  for (const base of JOURNALS) {
    for (const segment of listSegments(dir, base)) {
      if (segment.form !== 'active') continue
      await attempt(segment.path, options.onFailure, async () => {
        const planned = await planRepair(segment.path, base)
        if (planned === undefined || (await closeActive(dir, base, segment, options.check))) return
        if (isDamaged(planned)) found.busy.push(segment.path)
      })
    }
    const chain = await SealChain.open(dir, base, options.key)
    for (const segment of closedSegments(dir, base)) {
      await attempt(segment.path, options.onFailure, async () => {
        const repaired = await repairSegment(dir, base, segment, chain, options)
        if (repaired !== undefined) found.files.push(repaired)
      })
    }
  }
  for (const { path, slot } of listMessageFiles(root).files) {
    await attempt(path, options.onFailure, async () => {
      const repaired = await repairMessages(dir, path, slot, options)
      if (repaired === 'busy') found.busy.push(path)
      else if (repaired !== undefined) found.files.push(repaired)
    })
  }
  return found
}

/** An active file grows on, so what is repaired is a segment: false when a living process has the slot. */
async function closeActive(
  dir: string,
  base: JournalName,
  { path, slot }: Segment,
  check: () => void,
): Promise<boolean> {
  const claim = claimRole(dir, String(slot))
  if (claim === undefined) return false
  try {
    check()
    moveAside(path, () => join(dir, closedName(base, slot, nextSequence(dir, base, slot), new Date())))
    await syncFolder(dir)
    return true
  } finally {
    claim.release()
  }
}

async function repairSegment(
  dir: string,
  base: JournalName,
  { path, stem }: Segment,
  chain: SealChain,
  { check }: RepairOptions,
): Promise<RepairedFile | undefined> {
  const planned = await planRepair(path, base)
  if (planned === undefined) return undefined
  const { before, after } = planned
  const original = await repairFile(dir, path, base, planned, {
    check,
    async record() {
      const last = chain.latest(stem)
      // On record already when the repair before was cut off behind it.
      if (last?.type === 'repair' && last.sha256 === after.sha256) return
      const at = formatInstant(Date.now())
      await chain.append({ type: 'repair', segment: stem, at, ...after, before: before.sha256 })
    },
  })
  return describe(path, planned, original)
}

/** Messages are in no chain of seals, so a file stays the active one. */
async function repairMessages(
  dir: string,
  path: string,
  slot: number | undefined,
  { check }: RepairOptions,
): Promise<RepairedFile | 'busy' | undefined> {
  const looked = await planRepair(path, MESSAGES)
  if (looked === undefined) return undefined
  const claim = slot === undefined ? undefined : claimRole(dir, String(slot))
  if (slot !== undefined && claim === undefined) return isDamaged(looked) ? 'busy' : undefined
  try {
    // Once more, now that nobody writes it.
    const planned = await planRepair(path, MESSAGES)
    if (planned === undefined) return undefined
    const original = await repairFile(dir, path, MESSAGES, planned, { check, record: async () => undefined })
    return describe(path, planned, original)
  } finally {
    claim?.release()
  }
}

/** The unfinished line of a living writer is no damage. */
function isDamaged({ damaged, unfinished }: PlannedRepair): boolean {
  return damaged > unfinished
}

function describe(path: string, planned: PlannedRepair, original: string | null): RepairedFile {
  const { damaged, salvaged, intact } = planned
  return { path, damaged, salvaged, intact, original }
}

async function attempt(
  path: string,
  onFailure: RepairOptions['onFailure'],
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (error instanceof PassStopped) throw error
    // Compressed, deleted or rotated meanwhile: it was not damaged, or the next repair finds it.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    onFailure(error, path)
  }
}
