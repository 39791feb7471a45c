/** Repair of the segments of a journal, under the claim of upkeep. */
import { existsSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { formatInstant } from '../../entry/timestamp.js'
import { moveAside } from '../move-aside.js'
import type { JournalName } from '../project-journal.js'
import { type ContentSum, ContentSummer } from '../seals/content-sum.js'
import { closedName, formName, nextSequence, type Segment } from '../segments.js'
import { claimRole } from '../slot.js'
import { syncFolder } from '../sync-folder.js'
import type { SealChain } from '../upkeep/seal-chain.js'
import { keepOriginal, refuseLinksTo } from './keep-original.js'
import { describeRepair, planRepair, type RepairedFile, repairFile } from './repair-file.js'
import type { RepairOptions } from './repair-project.js'
import { nothingYet, repairedContent } from './repaired-content.js'

/** An active file grows on, so what is repaired is a segment: false when a living process has the slot. */
export async function closeActive(
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

/**
 * Undefined when it is intact. The repair is on record, unless the content as it was sealed is there in gzip too. Rejects
 * with StateError SEAL_KEY_MISSING.
 */
export async function repairSegment(
  dir: string,
  base: JournalName,
  { path, stem, form }: Segment,
  chain: SealChain,
  { check, goOn }: Pick<RepairOptions, 'check' | 'goOn'>,
): Promise<RepairedFile | undefined> {
  const planned = await planRepair(path, base, goOn)
  if (planned === undefined) return undefined
  const { before, after } = planned
  const last = chain.latest(stem)
  if (
    form === 'raw' &&
    last !== undefined &&
    (await isWhole(join(dir, formName(stem, 'gzip')), base, last))
  ) {
    check()
    const original = await keepOriginal(dir, path)
    check()
    refuseLinksTo(dir, path)
    await unlink(path)
    await syncFolder(dir)
    return describeRepair(path, planned, original)
  }
  chain.requireKey()
  const original = await repairFile(dir, path, base, planned, {
    check,
    async record() {
      // On record already when the repair before was cut off behind it.
      if (last?.type === 'repair' && last.sha256 === after.sha256) return
      const at = formatInstant(Date.now())
      await chain.append({ type: 'repair', segment: stem, at, ...after, before: before.sha256 })
    },
  })
  return describeRepair(path, planned, original)
}

/** Compressed just before the raw file would have been removed. */
async function isWhole(path: string, base: JournalName, sealed: ContentSum): Promise<boolean> {
  if (!existsSync(path)) return false
  const [tally, summer] = [nothingYet(), new ContentSummer()]
  for await (const _ of repairedContent(path, base, tally, (chunk) => summer.add(chunk)));
  return tally.damaged === 0 && summer.sum().sha256 === sealed.sha256
}
