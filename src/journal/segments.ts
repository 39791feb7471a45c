/**
 * Names of the files of a journal. Active: `<base>.jsonl` (slot 0), `<base>.<slot>.jsonl`. Closed:
 * `<base>.<slot>-<sequence>-<UTC time>.jsonl`; the sequence orders the segments of a slot, the time keeps a name from
 * being used again when older segments were deleted.
 */
import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'

export interface Segment {
  readonly path: string
  readonly slot: number
  /** 0 for the active one. */
  readonly sequence: number
}

export function activeName(base: string, slot: number): string {
  return slot === 0 ? `${base}.jsonl` : `${base}.${slot}.jsonl`
}

/** The name under which the active file of a slot is closed now. */
export function closedName(base: string, slot: number, sequence: number, now: Date): string {
  const time = now.toISOString().replace(/[-:]/g, '').replace('.', '')
  return `${base}.${slot}-${String(sequence).padStart(8, '0')}-${time}.jsonl`
}

/** All segments in reading order: closed ones by slot and sequence, then the active ones by slot. */
export function listSegments(dir: string, base: string): Segment[] {
  const pattern = segmentPattern(base)
  const segments: Segment[] = []
  for (const entry of entriesIn(dir)) {
    const match = pattern.exec(entry.name)
    // A symbolic link is refused, a FIFO would block its reader.
    if (match === null || !entry.isFile()) continue
    const { name } = entry
    segments.push({ path: join(dir, name), slot: Number(match[1] ?? 0), sequence: Number(match[2] ?? 0) })
  }
  return segments.sort(
    (a, b) =>
      Number(a.sequence === 0) - Number(b.sequence === 0) || a.slot - b.slot || a.sequence - b.sequence,
  )
}

/** Names of the journal that are no regular files: nothing is read from them, and that is counted as damage. */
export function listRefused(dir: string, base: string): string[] {
  const pattern = segmentPattern(base)
  return entriesIn(dir).flatMap((entry) =>
    !entry.isFile() && pattern.test(entry.name) ? [join(dir, entry.name)] : [],
  )
}

/** One past the highest sequence of the slot. */
export function nextSequence(dir: string, base: string, slot: number): number {
  let highest = 0
  for (const segment of listSegments(dir, base)) {
    if (segment.slot === slot) highest = Math.max(highest, segment.sequence)
  }
  return highest + 1
}

function segmentPattern(base: string): RegExp {
  return new RegExp(`^${base}(?:\\.(\\d+)(?:-(\\d+)-[0-9TZ]+)?)?\\.jsonl$`)
}

function entriesIn(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
