/** The chain of a journal beside its segments: what is not as it was sealed, however much upkeep goes on meanwhile. */
import type { VerifyingKeys } from '../seals/keys.js'
import { type Chain, readChain } from '../seals/read-chain.js'
import { isClaimed } from '../slot.js'
import type { CheckedSegment } from './check-journal.js'
import { lookAgain } from './look-again.js'
import type { SealFault } from './report.js'
import { faultOf, sealedStates } from './sealed-states.js'

export type Fault = Omit<SealFault, 'projectId' | 'journal'>

export interface Comparison {
  readonly chain: Chain
  readonly segments: ReadonlyMap<string, CheckedSegment>
  /** Of segments; those of the chain itself are in the chain. */
  readonly faults: readonly Fault[]
}

/** Upkeep may compress, delete or repair a segment between a look at it and one at the chain. */
const MAX_LOOKS = 20

/** `checked` is what the segments held, read before this call. */
export async function compareSeals(
  dir: string,
  journal: string,
  checked: ReadonlyMap<string, CheckedSegment>,
  keys?: VerifyingKeys,
): Promise<Comparison> {
  let chain = await readChain(dir, journal, keys)
  let segments = new Map(checked)
  let faults = faultsOf(chain, segments)
  for (let isQuiet = false, look = 2; faults.length > 0 && !isQuiet && look <= MAX_LOOKS; look++) {
    const before = chain.records.length
    isQuiet = !isClaimed(dir, 'upkeep')
    segments = await lookAgain(dir, journal, segments, new Set(faults.map(({ segment }) => segment)))
    chain = await readChain(dir, journal, keys)
    // A whole pass fits into a look at large files.
    isQuiet &&= !isClaimed(dir, 'upkeep') && chain.records.length === before
    faults = faultsOf(chain, segments)
  }
  return { chain, segments, faults }
}

function faultsOf(chain: Chain, segments: ReadonlyMap<string, CheckedSegment>): Fault[] {
  const { byStem, disagreeing } = sealedStates(chain.records)
  const faults = disagreeing.map(({ type, seq, segment }): Fault => {
    return type === 'delete'
      ? { kind: 'edited', seq, segment, message: 'what was deleted is not the content that had been sealed' }
      : { kind: 'resealed', seq, segment, message: 'the segment was sealed again with another content' }
  })
  const sealedUpTo = new Map<number, number>()
  for (const [stem, state] of byStem) {
    const found = segments.get(stem)
    const fault = faultOf(state, found)
    if (fault !== undefined) faults.push({ ...fault, seq: state.seq, segment: stem })
    if (found === undefined) continue
    const { slot, sequence } = found.segment
    sealedUpTo.set(slot, Math.max(sequence, sealedUpTo.get(slot) ?? 0))
  }
  for (const [stem, { segment }] of segments) {
    if (byStem.has(stem) || segment.sequence > (sealedUpTo.get(segment.slot) ?? 0)) continue
    const message =
      'the segment has no seal, though later ones have: it was put there, or its record taken away'
    faults.push({ kind: 'unsealed', seq: null, segment: stem, message })
  }
  return faults
}
