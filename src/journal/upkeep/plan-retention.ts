/** What retention takes away, and why. No I/O. */

export interface RetentionLimits {
  /** Days since the newest line of a segment. */
  readonly maxAgeDays?: number | undefined
  /** Closed segments of one journal. */
  readonly maxSegments?: number | undefined
  /** What the closed segments of one journal weigh together on the disk, bytes. */
  readonly maxBytes?: number | undefined
}

export interface Candidate {
  readonly stem: string
  /** On the disk. */
  readonly bytes: number
  /** Epoch ms of its newest line. */
  readonly lastMs: number
}

export type Reason = 'age' | 'count' | 'bytes'

export interface Planned {
  readonly stem: string
  readonly reason: Reason
}

export const DAY_MS = 86_400_000

/**
 * Oldest first, as the segments are given. `now` is undefined when the clock is not trusted: then age takes nothing.
 * `open` are the stems of segments in which a request began that still goes on: they are kept, and count.
 */
export function planRetention(
  segments: readonly Candidate[],
  limits: RetentionLimits,
  now: number | undefined,
  open: ReadonlySet<string>,
): Planned[] {
  const reasons = new Map<string, Reason>()
  const { maxAgeDays, maxSegments = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY } = limits
  if (maxAgeDays !== undefined && now !== undefined) {
    const oldest = now - maxAgeDays * DAY_MS
    for (const { stem, lastMs } of segments) if (!open.has(stem) && lastMs < oldest) reasons.set(stem, 'age')
  }
  const left = segments.filter(({ stem }) => !reasons.has(stem))
  let count = left.length
  let bytes = left.reduce((sum, segment) => sum + segment.bytes, 0)
  for (const segment of left) {
    if (count <= maxSegments && bytes <= maxBytes) break
    if (open.has(segment.stem)) continue
    reasons.set(segment.stem, count > maxSegments ? 'count' : 'bytes')
    count--
    bytes -= segment.bytes
  }
  return segments.flatMap(({ stem }) => {
    const reason = reasons.get(stem)
    return reason === undefined ? [] : [{ stem, reason }]
  })
}
