/** What the records of a chain say, taken together: how each segment must look now. */
import type { ContentSum } from '../seals/content-sum.js'
import type { SealRecord } from '../seals/seal-record.js'
import type { CheckedSegment } from './check-journal.js'

export interface SealedState {
  /** The last record of it. */
  readonly seq: number
  /** Of the segment itself, also when it was deleted. */
  readonly content: ContentSum
  /** Once it was deleted: the SHA-256 of what stays of it, null when nothing does. */
  readonly summary?: string | null
}

export interface SealedStates {
  readonly byStem: ReadonlyMap<string, SealedState>
  /** Seals and deletions of a segment that was sealed before, with another content. */
  readonly disagreeing: readonly SealRecord[]
  /** Repairs of content that was not what had been sealed. */
  readonly altered: number
}

export function sealedStates(records: readonly SealRecord[]): SealedStates {
  const byStem = new Map<string, SealedState>()
  const disagreeing: SealRecord[] = []
  let altered = 0
  for (const record of records) {
    const { seq, segment, bytes, lines, sha256 } = record
    const content = { bytes, lines, sha256 }
    const before = byStem.get(segment)
    const isOther = before !== undefined && before.content.sha256 !== sha256
    // A chat that goes on after its deletion is deleted again, with another content.
    const isAnew = record.type === 'seal' || (record.type === 'delete' && before?.summary === undefined)
    if (isOther && isAnew) disagreeing.push(record)
    if (record.type === 'repair' && before !== undefined) {
      if (record.before !== (before.summary ?? before.content.sha256)) altered++
    }
    if (record.type === 'delete') byStem.set(segment, { seq, content, summary: record.summary })
    // What is repaired of a deleted segment is its summary.
    else if (record.type === 'repair' && before?.summary != null) {
      byStem.set(segment, { seq, content: before.content, summary: sha256 })
    } else byStem.set(segment, { seq, content })
  }
  return { byStem, disagreeing, altered }
}

/** What is wrong with the segment that was found, `undefined` when it is as it must be. */
export function faultOf(
  state: SealedState,
  found: CheckedSegment | undefined,
): { readonly kind: 'edited' | 'missing'; readonly message: string } | undefined {
  if (found === undefined) {
    if (state.summary === null) return undefined
    const what = state.summary === undefined ? 'the segment' : 'the summary of the deleted segment'
    return { kind: 'missing', message: `${what} is missing, and no record says that it was deleted` }
  }
  const { segment, sum, source } = found
  if (sum === undefined) return { kind: 'edited', message: 'the segment cannot be read to its end' }
  if (segment.form === 'summary') {
    if (state.summary === sum.sha256) return undefined
    // A deletion that is not on record yet, or was cut off before: nothing is gone.
    const isBegun = source?.content.sha256 === state.content.sha256 && source.summary === sum.sha256
    if (state.summary === undefined && isBegun) return undefined
    const message =
      state.summary === undefined
        ? 'a summary stands in place of the segment, and no record says that it was deleted'
        : 'the summary is not the one that was sealed'
    return { kind: 'edited', message }
  }
  // Between the record of a deletion and the deletion itself both are right.
  const { content } = state
  if (content.sha256 === sum.sha256) return undefined
  const message = `sealed with ${content.bytes} bytes in ${content.lines} lines, found ${sum.bytes} in ${sum.lines} with another content`
  return { kind: 'edited', message }
}
