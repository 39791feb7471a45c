/** The lines of the files, read one by one: which are entries, and which of an id's lines counts. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { constants, gunzipSync } from 'node:zlib'
import { parseInstant } from '../src/entry/timestamp.js'
import type { StatsSource } from '../src/stats/stats-engine.js'

export type Json = Readonly<Record<string, unknown>>
export type State = 'pending' | 'interrupted' | 'success' | 'failed'
export interface FoldedEntry {
  readonly text: string
  readonly line: Json
  readonly id: string
  readonly startMs: number
  readonly state: State
  readonly summarized: boolean
}

export function readWinners(sources: readonly StatsSource[]): {
  winners: FoldedEntry[]
  lines: number
  damaged: number
} {
  const winners = new Map<string, FoldedEntry>()
  let damaged = 0
  const counted = new Set<string>()
  let lines = 0
  for (const file of sources.flatMap((source) => source.files)) {
    const content = contentOf(file)
    const isCounted = counted.has(identityOf(file))
    counted.add(identityOf(file))
    const lineBytes = splitLines(content.bytes)
    if (content.isCut && !isCounted) damaged += 1
    for (const [at, bytes] of lineBytes.entries()) {
      const text = decode(bytes)
      if (text !== undefined && text.trim() === '') continue
      const entry =
        text === undefined
          ? undefined
          : parseEntry(wellFormed(text.trim()), file.endsWith('.summary.jsonl.gz'))
      if (entry !== undefined) {
        if (!isCounted) lines++
        const best = winners.get(entry.id)
        if (best === undefined || compareRank(entry, best) >= 0) winners.set(entry.id, entry)
        continue
      }
      // Behind the last newline a write may be under way, unless the file is closed; where it is cut that is one damage.
      const isUnfinished = at === lineBytes.length - 1
      if (!isCounted && (!isUnfinished || (CLOSED.test(file) && !content.isCut))) damaged += 1
    }
  }
  return { winners: [...winners.values()], lines, damaged }
}

const CLOSED = /\.\d+-\d{8}-\w+\.jsonl(\.gz)?$/

/** The same for all names of a file. */
function identityOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat === undefined ? file : `${stat.dev}:${stat.ino}`
}

/** Of a gzip file that was cut, what is left. */
function contentOf(file: string): { bytes: Buffer; isCut: boolean } {
  if (!existsSync(file)) return { bytes: Buffer.alloc(0), isCut: false }
  const bytes = readFileSync(file)
  if (!file.endsWith('.gz')) return { bytes, isCut: false }
  try {
    return { bytes: gunzipSync(bytes), isCut: false }
  } catch {
    const left = bytes.length === 0 ? bytes : gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH })
    return { bytes: left, isCut: true }
  }
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  let from = 0
  for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
    lines.push(bytes.subarray(from, to))
    from = to + 1
  }
  return [...lines, bytes.subarray(from)]
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** U+FFFD in place of escapes of lone surrogates. */
function wellFormed(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"/g, (literal) => {
    let value: unknown
    try {
      value = JSON.parse(literal)
    } catch {}
    return typeof value !== 'string' || value.isWellFormed() ? literal : JSON.stringify(value.toWellFormed())
  })
}

function parseEntry(text: string, summarized: boolean): FoldedEntry | undefined {
  let line: unknown
  try {
    line = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(line) || typeof line.id !== 'string') return undefined
  const startMs = parseInstant(line.timestamp_start)
  if (startMs === undefined) return undefined
  if (line.status === 'pending' || line.status === 'success')
    return { text, line, id: line.id, startMs, state: line.status, summarized }
  const failed = line.status === 'error' || line.status === 'timeout'
  return failed ? { text, line, id: line.id, startMs, state: 'failed', summarized } : undefined
}

/** Whether the text is one, as a line by itself. */
export function isEntry(text: string): boolean {
  return parseEntry(wellFormed(text.trim()), false) !== undefined
}

/** Final before pending, then the later end; equals are decided by the order of reading. */
function compareRank(a: FoldedEntry, b: FoldedEntry): number {
  const final = (entry: FoldedEntry): number => (entry.state === 'pending' ? 0 : 1)
  const end = ({ line }: FoldedEntry): number => parseInstant(line.timestamp_end) ?? Number.MIN_SAFE_INTEGER
  return final(a) - final(b) || end(a) - end(b)
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
