/** Deletion by retention: the summary stands, then the deletion is on record, then the files go. */
import { createHash } from 'node:crypto'
import { rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { formatInstant } from '../../entry/timestamp.js'
import type { ContentSum } from '../seals/content-sum.js'
import { formName } from '../segments.js'
import { syncFolder } from '../sync-folder.js'
import { draftPath, publish, writeGzip } from './draft.js'
import type { Permit } from './permit.js'
import type { Planned } from './plan-retention.js'
import type { SegmentFacts } from './scan-segment.js'
import { wholeLines } from './scan-segment.js'
import type { SealChain } from './seal-chain.js'
import { sealedSum, sumOf } from './segment-content.js'
import { summarizeLine } from './summarize-line.js'

export interface DeletedSegment extends Planned {
  /** The file that counts, raw or gzip. */
  readonly source: string
  /** Every file of the stem but the summary; `source` last, which a pass after a cut-off one looks at. */
  readonly files: readonly string[]
  readonly facts: SegmentFacts
  /** Leave a summary, so that totals stay. */
  readonly summarize: boolean
}

/**
 * Rejects with FileSystemError SEGMENT_CHANGED when the content is not what was sealed, and with what the file system
 * refuses, StateError SEAL_KEY_MISSING; then the segment is whole, or deleted with its files still to go.
 */
export async function deleteSegment(
  dir: string,
  deleted: DeletedSegment,
  chain: SealChain,
  permit: Permit,
): Promise<void> {
  const { stem, reason, source, files, facts, summarize } = deleted
  chain.requireKey()
  // A record of what was put in its place would hide that.
  const content = await sealedSum(source, chain.content(stem), permit)
  const summary = summarize ? await writeSummary(dir, stem, source, permit) : null
  permit.check()
  await chain.append({
    type: 'delete',
    segment: stem,
    at: formatInstant(Date.now()),
    ...content,
    reason,
    summary: summary?.sha256 ?? null,
    entries: facts.entries,
    damaged: facts.damaged,
  })
  await removeFiles(dir, files)
}

export async function removeFiles(dir: string, files: readonly string[]): Promise<void> {
  for (const file of files) await unlink(file)
  await syncFolder(dir)
}

/** The sum of the summary's content, once the file stands. */
async function writeSummary(dir: string, stem: string, source: string, permit: Permit): Promise<ContentSum> {
  const draft = draftPath(dir, '.gz')
  const hash = createHash('sha256')
  try {
    await writeGzip(
      draft,
      hashed(slimLines(source, permit), (bytes) => hash.update(bytes)),
    )
    const sum = await sumOf(draft, permit)
    if (sum.sha256 !== hash.digest('hex')) throw new Error(`${draft} does not hold what was written`)
    permit.check()
    await publish(draft, join(dir, formName(stem, 'summary')))
    return sum
  } finally {
    await rm(draft, { force: true })
  }
}

async function* slimLines(source: string, permit: Permit): AsyncGenerator<Buffer> {
  for await (const { text } of wholeLines(source, permit)) {
    const slim = text === undefined ? undefined : summarizeLine(text)
    if (slim !== undefined) yield Buffer.from(slim, 'utf8')
  }
}

async function* hashed(
  chunks: AsyncIterable<Buffer>,
  see: (chunk: Buffer) => unknown,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    see(chunk)
    yield chunk
  }
}
