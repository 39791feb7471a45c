/** Repair of a project: closed segments, active files of slots that nobody has, and messages. */
import { join } from 'node:path'
import { listMessageFiles, type MessageFile } from '../message-files.js'
import { readError } from '../open-regular.js'
import { refuseLinks } from '../own-folders.js'
import { JOURNALS, LOGS_DIR } from '../project-journal.js'
import type { SealKey } from '../seals/keys.js'
import { closedSegments, listSegments } from '../segments.js'
import { claimRole, isClaimed } from '../slot.js'
import { keyMissingOnce } from '../upkeep/attempt.js'
import { removeDrafts } from '../upkeep/draft.js'
import { PassStopped } from '../upkeep/permit.js'
import { SealChain } from '../upkeep/seal-chain.js'
import { MESSAGES } from '../verify/record-of.js'
import { describeRepair, isDamaged, planRepair, type RepairedFile, repairFile } from './repair-file.js'
import { closeActive, repairSegment } from './repair-segment.js'

export interface ProjectRepair {
  readonly files: RepairedFile[]
  /** Damaged files that a living process writes: they are left as they are. */
  readonly busy: string[]
}

export const nothingFound = (): ProjectRepair => ({ files: [], busy: [] })

export interface RepairOptions {
  readonly key: SealKey | undefined
  /** Before each step that changes files; throws when the claim of upkeep was lost. */
  readonly check: () => void
  /** While files are read, often; throws PassStopped to end the repair. What was done stands. */
  readonly goOn: () => void
  /** Told of each file that could not be repaired and why; the others are. */
  readonly onFailure: (error: unknown, path: string) => void
}

/**
 * What a repair would do; nothing is changed. It is added to `found` file by file. Rejects with FileSystemError
 * PATH_IS_SYMLINK when the logs are a link, when a chain of seals cannot be read, and with PassStopped.
 */
export async function planProject(
  root: string,
  { key, goOn, ...options }: Pick<RepairOptions, 'key' | 'goOn' | 'onFailure'>,
  found = nothingFound(),
): Promise<ProjectRepair> {
  const dir = join(root, LOGS_DIR)
  const onFailure = keyMissingOnce(options.onFailure)
  refuseLinks([dir], 'repair')
  const look = (
    path: string,
    slot: number | undefined,
    owner: Parameters<typeof planRepair>[1],
    chain?: SealChain,
  ): Promise<void> =>
    attempt(path, onFailure, async () => {
      const planned = await planRepair(path, owner, goOn)
      if (planned === undefined) return
      if (slot === undefined || !isClaimed(dir, String(slot))) {
        chain?.requireKey()
        found.files.push(describeRepair(path, planned, null))
      } else if (isDamaged(planned)) found.busy.push(path)
    })
  for (const base of JOURNALS) {
    const chain = await SealChain.open(dir, base, key)
    for (const { path, form, slot } of listSegments(dir, base)) {
      await look(path, form === 'active' ? slot : undefined, base, chain)
    }
  }
  for (const { path, slot } of await messageFiles(root, onFailure)) await look(path, slot, MESSAGES)
  return found
}

/**
 * The caller holds the claim of upkeep. What was done is added to `found` file by file. Rejects when a chain of seals
 * cannot be read, and with PassStopped.
 */
export async function repairProject(
  root: string,
  given: RepairOptions,
  found = nothingFound(),
): Promise<ProjectRepair> {
  const dir = join(root, LOGS_DIR)
  const options = { ...given, onFailure: keyMissingOnce(given.onFailure) }
  removeDrafts(dir)
  for (const base of JOURNALS) {
    for (const segment of listSegments(dir, base)) {
      if (segment.form !== 'active') continue
      await attempt(segment.path, options.onFailure, async () => {
        const planned = await planRepair(segment.path, base, options.goOn)
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
  for (const { path, slot } of await messageFiles(root, options.onFailure)) {
    await attempt(path, options.onFailure, async () => {
      const repaired = await repairMessages(dir, path, slot, options)
      if (repaired === 'busy') found.busy.push(path)
      else if (repaired !== undefined) found.files.push(repaired)
    })
  }
  return found
}

/** Those that are refused are failures: what they hold is not looked at. */
async function messageFiles(
  root: string,
  onFailure: RepairOptions['onFailure'],
): Promise<readonly MessageFile[]> {
  const { files, refused } = listMessageFiles(root)
  for (const path of refused) {
    await attempt(path, onFailure, async () => {
      refuseLinks([path], 'repair')
      throw readError(path, new Error('it is no regular file'))
    })
  }
  return files
}

/** Messages are in no chain of seals, so a file stays the active one. */
async function repairMessages(
  dir: string,
  path: string,
  slot: number | undefined,
  { check, goOn }: RepairOptions,
): Promise<RepairedFile | 'busy' | undefined> {
  const looked = await planRepair(path, MESSAGES, goOn)
  if (looked === undefined) return undefined
  const claim = slot === undefined ? undefined : claimRole(dir, String(slot))
  if (slot !== undefined && claim === undefined) return isDamaged(looked) ? 'busy' : undefined
  try {
    // Once more, now that nobody writes it.
    const planned = await planRepair(path, MESSAGES, goOn)
    if (planned === undefined) return undefined
    const original = await repairFile(dir, path, MESSAGES, planned, { check, record: async () => undefined })
    return describeRepair(path, planned, original)
  } finally {
    claim?.release()
  }
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
