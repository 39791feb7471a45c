/** The seals of one journal against its segments. */
import type { VerifyingKeys } from '../seals/keys.js'
import { type Chain, type ChainFaultKind, readChain } from '../seals/read-chain.js'
import type { Link } from '../seals/seal-record.js'
import { isClaimed } from '../slot.js'
import type { CheckedSegment } from './check-journal.js'
import { lookAgain } from './look-again.js'
import type { Findings, SealFault } from './report.js'
import { faultOf, sealedStates } from './sealed-states.js'

export interface SealsToCheck {
  readonly projectId: string
  readonly dir: string
  readonly journal: string
  readonly keys: VerifyingKeys | undefined
  /** Those that are found in the chain are taken out. */
  readonly heads: Set<Link>
}

type Fault = Omit<SealFault, 'projectId' | 'journal'>

/** Upkeep may compress, delete or repair a segment between a look at it and one at the chain. */
const MAX_LOOKS = 20

/** `checked` is what the segments held, read before this call. */
export async function checkSeals(
  seals: SealsToCheck,
  checked: ReadonlyMap<string, CheckedSegment>,
  findings: Findings,
): Promise<void> {
  const { projectId, dir, journal, keys } = seals
  let chain = await readChain(dir, journal, keys)
  let segments = new Map(checked)
  let faults = faultsOf(chain, segments)
  for (let isQuiet = false, look = 2; faults.length > 0 && !isQuiet && look <= MAX_LOOKS; look++) {
    isQuiet = !isClaimed(dir, 'upkeep')
    segments = await lookAgain(dir, journal, segments, new Set(faults.map(({ segment }) => segment)))
    chain = await readChain(dir, journal, keys)
    faults = faultsOf(chain, segments)
  }
  const isTorn = chain.size > chain.end && !isClaimed(dir, 'upkeep')
  const all = [
    ...chain.faults.map(({ kind, seq, from, to }): Fault => {
      return {
        kind,
        seq: seq ?? null,
        segment: null,
        message: `${CHAIN_FAULTS[kind]} (bytes ${from}-${to} of the chain)`,
      }
    }),
    ...(isTorn ? [TORN] : []),
    ...(keys !== undefined && chain.records.length === 0 && segments.size > 0 ? [NO_CHAIN] : []),
    ...faults,
  ]
  findings.sealFaults.push(...all.map((fault) => ({ ...fault, projectId, journal })))
  for (const head of seals.heads) {
    if (chain.records.some(({ seq, hash }) => seq === head.seq && hash === head.hash))
      seals.heads.delete(head)
  }
  const { byStem, altered } = sealedStates(chain.records)
  const last = chain.records.at(-1)
  findings.seals.push({
    projectId,
    journal,
    records: chain.records.length,
    head: last === undefined ? null : { seq: last.seq, hash: last.hash },
    sealed: [...byStem.values()].filter(({ summary }) => summary === undefined).length,
    deleted: [...byStem.values()].filter(({ summary }) => summary !== undefined).length,
    altered,
    repaired: chain.records.filter(({ type }) => type === 'repair').length,
    unsealed: [...segments.keys()].filter((stem) => !byStem.has(stem)).length,
    signed: chain.records.filter(({ signature }) => signature !== undefined).length,
  })
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

const TORN: Fault = { kind: 'torn', seq: null, segment: null, message: 'the last record ends early' }
const NO_CHAIN: Fault = {
  kind: 'no-chain',
  seq: null,
  segment: null,
  message: 'there are closed segments and no record, so none that the key signed',
}

const CHAIN_FAULTS: Readonly<Record<ChainFaultKind, string>> = {
  'no-record': 'a line is no record as Ledgerline writes it',
  'wrong-hash': 'a record does not have the hash it names',
  gap: 'a record does not follow the one before it: records are missing, doubled or in another order',
  'wrong-previous': 'a record does not follow from the one before it, which was replaced',
  'not-signed': 'a record is not signed',
  'unknown-key': 'a record is signed by another key than those given',
  'wrong-signature': 'the signature of a record is not of the key it names',
}
