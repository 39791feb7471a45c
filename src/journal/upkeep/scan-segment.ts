/** What retention must know of the lines of a segment. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Writer } from '../../entry/entry.js'
import { parseInstant } from '../../entry/timestamp.js'
import { parseEntry } from '../parse-entry.js'
import { type Line, readLines } from '../read-lines.js'
import type { Permit } from './permit.js'
import { gzipBroken } from './segment-content.js'

export interface SegmentFacts {
  /** Intact lines. */
  readonly entries: number
  readonly damaged: number
  /** Epoch ms of its oldest and newest line; undefined when no line has a time. */
  readonly firstMs: number | undefined
  readonly lastMs: number | undefined
  /** By id, the requests that began in the segment and did not end in it. */
  readonly begun: ReadonlyMap<string, Writer>
}

/** What one line is; undefined when it is damaged. */
export interface LineFacts {
  readonly ms: number | undefined
  readonly id?: string
  /** The process that will write the end. */
  readonly writer?: Writer | undefined
}

export type ReadLine = (text: string) => LineFacts | undefined

/** Of `llm_requests`. */
export function requestFacts(text: string): LineFacts | undefined {
  const entry = parseEntry(text)
  if (entry === undefined) return undefined
  const ms = parseInstant(entry.timestamp_start)
  return { ms, id: entry.id, writer: entry.status === 'pending' ? asWriter(entry.writer) : undefined }
}

/** Other programs may have written anything. */
function asWriter(writer: unknown): Writer | undefined {
  if (typeof writer !== 'object' || writer === null) return undefined
  const { host, pid, started } = { host: '', pid: 0, started: '', ...writer }
  const isWriter = typeof host === 'string' && typeof pid === 'number' && typeof started === 'string'
  return isWriter ? { host, pid, started } : undefined
}

/** Of journals whose lines have one time, in the first of these fields that holds one. */
export function timeFacts(...fields: readonly string[]): ReadLine {
  return (text) => {
    try {
      const value: unknown = JSON.parse(text)
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
      const values = new Map<string, unknown>(Object.entries(value))
      const times = fields.map((field) => parseInstant(values.get(field)))
      return { ms: times.find((time) => time !== undefined) }
    } catch {
      return undefined
    }
  }
}

/** Rejects as readLines does, and for a gzip file that is not whole. */
export async function scanSegment(
  path: string,
  readLine: ReadLine,
  permit: Permit | undefined,
): Promise<SegmentFacts> {
  let [entries, damaged] = [0, 0]
  let firstMs: number | undefined
  let lastMs: number | undefined
  const begun = new Map<string, Writer>()
  for await (const { text } of wholeLines(path, permit)) {
    const facts = text === undefined ? undefined : readLine(text)
    if (facts === undefined) {
      if (text?.trim() !== '') damaged++
      continue
    }
    entries++
    const { ms, id = '', writer } = facts
    if (ms !== undefined) {
      firstMs = Math.min(ms, firstMs ?? ms)
      lastMs = Math.max(ms, lastMs ?? ms)
    }
    if (writer !== undefined) begun.set(id, writer)
    else begun.delete(id)
  }
  return { entries, damaged, firstMs, lastMs, begun }
}

/** Bytes of lines that are parsed before the host has its turn again. */
const TURN_BYTES = 256 << 10

/**
 * The lines of a segment with pauses for the host. Rejects with FileSystemError SEGMENT_CHANGED for a gzip file that is
 * not whole, and with PassStopped when the pass may not go on.
 */
export async function* wholeLines(path: string, permit: Permit | undefined): AsyncGenerator<Line> {
  let pauseAt = TURN_BYTES
  for await (const line of readLines(path)) {
    if (line.broken !== undefined) throw gzipBroken(path, line.broken)
    yield line
    if (line.to < pauseAt) continue
    pauseAt = line.to + TURN_BYTES
    await nextTurn()
    permit?.check()
  }
}
