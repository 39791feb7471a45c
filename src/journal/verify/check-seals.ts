/** The seals of one journal against its segments. */
import type { VerifyingKeys } from '../seals/keys.js'
import type { Link } from '../seals/seal-record.js'
import { isClaimed } from '../slot.js'
import { chainFaults } from './chain-faults.js'
import type { CheckedSegment } from './check-journal.js'
import { compareSeals, type Fault } from './compare-seals.js'
import type { Findings } from './report.js'
import { sealedStates } from './sealed-states.js'

export interface SealsToCheck {
  readonly projectId: string
  readonly dir: string
  readonly journal: string
  readonly keys: VerifyingKeys | undefined
  /** Those that are found in the chain are taken out. */
  readonly heads: Set<Link>
}

/** `checked` is what the segments held, read before this call. */
export async function checkSeals(
  seals: SealsToCheck,
  checked: ReadonlyMap<string, CheckedSegment>,
  findings: Findings,
): Promise<void> {
  const { projectId, dir, journal, keys } = seals
  const { chain, segments, faults } = await compareSeals(dir, journal, checked, keys)
  const isTorn = chain.size > chain.end && !isClaimed(dir, 'upkeep')
  const all = [
    ...chainFaults(chain),
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

/** When seals are not asked for: segments that are gone show by their names alone. The others are counted. */
export async function findMissing(
  { projectId, dir, journal }: Pick<SealsToCheck, 'projectId' | 'dir' | 'journal'>,
  checked: ReadonlyMap<string, CheckedSegment>,
  findings: Findings,
): Promise<void> {
  const { segments, faults } = await compareSeals(dir, journal, checked)
  const missing = faults.filter(({ kind }) => kind === 'missing')
  findings.sealFaults.push(...missing.map((fault) => ({ ...fault, projectId, journal })))
  findings.unchecked += segments.size
}

const TORN: Fault = { kind: 'torn', seq: null, segment: null, message: 'the last record ends early' }
const NO_CHAIN: Fault = {
  kind: 'no-chain',
  seq: null,
  segment: null,
  message: 'there are closed segments and no record, so none that the key signed',
}
