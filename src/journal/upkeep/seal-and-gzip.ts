/** Closed segments are sealed, and sealed ones compressed. */
import { formatInstant } from '../../entry/timestamp.js'
import { closedSegments, type Segment } from '../segments.js'
import { syncFolder } from '../sync-folder.js'
import { attempt, type OnFailure } from './attempt.js'
import { gzipSegment } from './gzip-segment.js'
import type { PassResult } from './pass-result.js'
import type { Permit } from './permit.js'
import type { SealChain } from './seal-chain.js'
import { sumOf, syncSegment } from './segment-content.js'

export interface SealAndGzip {
  readonly dir: string
  readonly base: string
  readonly gzip: boolean
  readonly chain: SealChain
  readonly permit: Permit
  readonly onFailure: OnFailure
}

/** `done` counts them. */
export async function sealAndGzip(
  { dir, base, gzip, chain, permit, onFailure }: SealAndGzip,
  done: PassResult,
): Promise<void> {
  const segments = closedSegments(dir, base).filter(({ form }) => form !== 'summary')
  if (segments.some(({ stem }) => chain.latest(stem) === undefined)) await syncFolder(dir)
  // A seal of a later segment would say that one without a seal was slipped in.
  const stuck = new Set<number>()
  for (const segment of segments) {
    if (stuck.has(segment.slot)) continue
    await attempt(onFailure, async () => {
      if (chain.latest(segment.stem) === undefined) {
        stuck.add(segment.slot)
        await seal(segment, chain, permit)
        stuck.delete(segment.slot)
        done.sealed++
      }
      const sealed = chain.latest(segment.stem)
      if (
        !gzip ||
        segment.form !== 'raw' ||
        sealed === undefined ||
        chain.deletion(segment.stem) !== undefined
      )
        return
      await gzipSegment(segment.path, sealed, dir, permit)
      done.compressed++
    })
  }
}

async function seal({ path, stem }: Segment, chain: SealChain, permit: Permit): Promise<void> {
  chain.requireKey()
  // A seal must not outlive what it speaks of.
  await syncSegment(path)
  const content = await sumOf(path, permit)
  permit.check()
  await chain.append({ type: 'seal', segment: stem, at: formatInstant(Date.now()), ...content })
}
