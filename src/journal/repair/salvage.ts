/**
 * The records that a damaged line still holds. A record is only what stood on a line of its own once: a prompt or
 * metadata may hold text and objects that look like entries, and these must not become any.
 *
 * Two things tell them apart. In a string each quote is escaped, so `{"id":"` is no text. And an object inside another
 * one continues a line that is right so far, while a line of its own that was glued behind a torn one makes a mistake
 * there: it is a mistake where it begins, or two bytes later, when the torn line ended inside a string. Where the torn
 * line ended so that an object could follow, the two cannot be told apart, and nothing is salvaged.
 */
import { scanObject } from './scan-object.js'

export interface Salvaged {
  readonly from: number
  /** Excluded. */
  readonly to: number
}

/** What each line begins with that Ledgerline writes. */
const BEGINNING = Buffer.from('{"id":"')
/** Bytes of it that a string that was not closed takes for its own. */
const SWALLOWED = 2

/** The ranges of `line` that are objects on their own, in order; whether each is a record is left to be checked. */
export function salvage(line: Buffer): Salvaged[] {
  const end = line.at(-1) === 0x0d ? line.length - 1 : line.length
  const safe: Salvaged[] = []
  /** Whole objects that count when what stands behind them is right. */
  let waiting: Salvaged[] = []
  let at = 0
  /** False behind a mistake: where this object begins is a guess, and the rest of the line must prove it. */
  let isLineStart = true
  for (;;) {
    const scanned = scanObject(line.subarray(0, end), at)
    if (scanned.is === 'unfinished') return [...safe, ...waiting]
    if (scanned.is === 'whole') {
      waiting.push({ from: at, to: scanned.to })
      if (scanned.to === end) return [...safe, ...waiting]
      if (begins(line, scanned.to)) {
        at = scanned.to
        continue
      }
      // Closing brackets behind it: it was inside another object.
      if (line[scanned.to] !== 0 || !isLineStart) return safe
    }
    safe.push(...waiting)
    waiting = []
    const next = restart(line, at, scanned.is === 'whole' ? scanned.to : scanned.at)
    if (next === undefined) return safe
    at = next
    isLineStart = false
  }
}

/** Where a line of its own may begin, given the mistake at `mistake` in the one that begins at `from`. */
function restart(line: Buffer, from: number, mistake: number): number | undefined {
  let behindNul = mistake
  while (line[behindNul] === 0) behindNul++
  const candidates = behindNul > mistake ? [behindNul] : [mistake - SWALLOWED, mistake]
  return candidates.find((at) => (at > from || behindNul > mistake) && begins(line, at))
}

function begins(line: Buffer, at: number): boolean {
  return at >= 0 && line.subarray(at, at + BEGINNING.length).equals(BEGINNING)
}
