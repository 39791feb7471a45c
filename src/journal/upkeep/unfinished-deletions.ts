/** Deletions that were cut off: those on record are finished, the others go on or are taken back. */
import { unlink } from 'node:fs/promises'
import { listForms } from '../segments.js'
import { attempt, type OnFailure } from './attempt.js'
import { closedContent, contentFiles } from './closed-content.js'
import { removeFiles } from './delete-segment.js'
import type { Permit } from './permit.js'
import type { SealChain } from './seal-chain.js'
import { sealedSum } from './segment-content.js'

/**
 * The stems of those of which the deletion is on record and the summary stands: only the files are left to remove.
 * Another content is kept, and told.
 */
export async function unfinishedDeletions(
  dir: string,
  base: string,
  chain: SealChain,
  onFailure: OnFailure,
  permit?: Permit,
): Promise<Set<string>> {
  const summaries = summariesOf(dir, base)
  const unfinished = new Set<string>()
  for (const { stem, path } of closedContent(dir, base)) {
    const record = chain.deletion(stem)
    if (record === undefined || (record.summary !== null && !summaries.has(stem))) continue
    await attempt(onFailure, async () => {
      await sealedSum(path, record, permit)
      unfinished.add(stem)
    })
  }
  return unfinished
}

export async function finishDeletions(
  dir: string,
  base: string,
  chain: SealChain,
  permit: Permit,
  onFailure: OnFailure,
): Promise<void> {
  for (const stem of await unfinishedDeletions(dir, base, chain, onFailure, permit)) {
    await attempt(onFailure, async () => {
      permit.check()
      const files = contentFiles(dir, base, stem).map((file) => file.path)
      await removeFiles(dir, files.reverse())
    })
  }
}

/** After retention: a summary without a record, whose segment is there, is one that the limits no longer ask for. */
export async function takeBackSummaries(
  dir: string,
  base: string,
  chain: SealChain,
  permit: Permit,
): Promise<void> {
  for (const [stem, path] of summariesOf(dir, base)) {
    if (chain.deletion(stem) !== undefined || contentFiles(dir, base, stem).length === 0) continue
    permit.check()
    await unlink(path)
  }
}

function summariesOf(dir: string, base: string): Map<string, string> {
  const summaries = listForms(dir, base).filter(({ form }) => form === 'summary')
  return new Map(summaries.map(({ stem, path }) => [stem, path]))
}
