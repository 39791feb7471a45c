/** Repair of one file that nobody writes: the original kept, the new content written aside, recorded, renamed. */
import { open, rm } from 'node:fs/promises'
import { type ContentSum, ContentSummer } from '../seals/content-sum.js'
import { draftPath, publish, writeGzip } from '../upkeep/draft.js'
import type { LineOwner } from '../verify/record-of.js'
import { keepOriginal, refuseLinksTo } from './keep-original.js'
import { nothingYet, type RepairTally, repairedContent } from './repaired-content.js'

/** What a repair does to a file. */
export interface PlannedRepair extends RepairTally {
  readonly before: ContentSum
  readonly after: ContentSum
}

/** Undefined when the file is intact. Changes nothing. Rejects with what the file system and `goOn` throw. */
export async function planRepair(
  path: string,
  owner: LineOwner,
  goOn: () => void,
): Promise<PlannedRepair | undefined> {
  const tally = nothingYet()
  const [before, after] = [new ContentSummer(), new ContentSummer()]
  const onContent = (chunk: Buffer): void => {
    goOn()
    before.add(chunk)
  }
  for await (const piece of repairedContent(path, owner, tally, onContent)) after.add(piece)
  return tally.damaged === 0 ? undefined : { ...tally, before: before.sum(), after: after.sum() }
}

export interface RepairSteps {
  /** Before each step that changes files; throws when the claim was lost. */
  readonly check: () => void
  /** Puts the repair on record, before it is visible. */
  readonly record: () => Promise<unknown>
}

/**
 * Does what was planned; the path where the original is kept. Cut off at any point, the file is the old one or the new
 * one, and the same repair can be made again. Rejects when the file changed since, and with what the file system throws.
 */
export async function repairFile(
  logsDir: string,
  path: string,
  owner: LineOwner,
  planned: PlannedRepair,
  { check, record }: RepairSteps,
): Promise<string> {
  check()
  const kept = await keepOriginal(logsDir, path)
  const draft = draftPath(logsDir, path.endsWith('.gz') ? '.gz' : '')
  try {
    check()
    const written = new ContentSummer()
    await write(draft, summed(repairedContent(path, owner, nothingYet()), written))
    if (written.sum().sha256 !== planned.after.sha256)
      throw new Error(`${path} was changed during its repair`)
    check()
    await record()
    check()
    refuseLinksTo(logsDir, path)
    await publish(draft, path)
    return kept
  } finally {
    await rm(draft, { force: true })
  }
}

async function write(draft: string, content: AsyncIterable<Buffer>): Promise<void> {
  if (draft.endsWith('.gz')) return writeGzip(draft, content)
  const file = await open(draft, 'wx', 0o600)
  try {
    for await (const piece of content) await file.writeFile(piece)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function* summed(content: AsyncIterable<Buffer>, summer: ContentSummer): AsyncGenerator<Buffer> {
  for await (const piece of content) {
    summer.add(piece)
    yield piece
  }
}

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

export function describeRepair(path: string, planned: PlannedRepair, original: string | null): RepairedFile {
  const { damaged, salvaged, intact } = planned
  return { path, damaged, salvaged, intact, original }
}

/** The unfinished line of a living writer is no damage. */
export function isDamaged({ damaged, unfinished }: PlannedRepair): boolean {
  return damaged > unfinished
}
