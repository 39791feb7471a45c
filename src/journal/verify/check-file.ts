/** One file: every line of it, and the sum of its content. */
import type { FileHandle } from 'node:fs/promises'
import { type Broken, gunzip } from '../gunzip.js'
import { type ContentSum, ContentSummer } from '../seals/content-sum.js'
import { formName } from '../segments.js'
import type { IdTable } from './id-table.js'
import { damageKind } from './line-kind.js'
import { LineSplitter, type RawLine } from './line-splitter.js'
import { isBlank, isRequest, type LineOwner, RECORD_OF, readBytes } from './record-of.js'
import type { Findings, LineRange } from './report.js'

export interface FileToCheck {
  readonly path: string
  readonly owner: LineOwner
  /** Whether a process may be appending to it: then its unfinished line is in flight. */
  readonly isWritten: () => boolean
}

export interface CheckFile {
  readonly findings: Findings
  readonly ids: IdTable
  /** Bytes of files that were read since the last call. */
  readonly onRead: (bytes: number) => void
}

/** What a summary says of a request is another line than its own. */
const SUMMARY = formName('', 'summary')

/** Read and hashed at once, so that the host's own work is never held up for long. */
const CHUNK = 256 << 10

/**
 * Reads the open file to its end and closes it. Damage, ids and counts go to the findings. Undefined when it could not
 * be read to its end, which is damage too.
 */
export async function checkFile(
  handle: FileHandle,
  file: FileToCheck,
  { findings, ids, onRead }: CheckFile,
): Promise<ContentSum | undefined> {
  const summer = new ContentSummer()
  const wasWritten = file.isWritten()
  let unfinished: RawLine | undefined
  let position = 0
  findings.files++
  const splitter = new LineSplitter((line) => {
    if (line.terminated) checkLine(line, file, findings, ids)
    else unfinished = line
  })
  let broken: Broken | undefined
  try {
    const { size } = await handle.stat()
    for await (const chunk of contentOf(handle, file.path, (end) => (broken = end))) {
      summer.add(chunk)
      splitter.add(chunk)
      position += chunk.length
      findings.bytes += chunk.length
      if (!isGzip(file.path)) onRead(chunk.length)
    }
    splitter.end()
    if (isGzip(file.path)) onRead(size)
  } catch {
    findings.addDamage({ path: file.path, from: position, to: position, kind: 'refused' })
    return undefined
  } finally {
    await handle.close()
  }
  if (unfinished !== undefined && isRecord(unfinished, file.owner)) {
    checkLine(unfinished, file, findings, ids)
    unfinished = undefined
  }
  if (broken !== undefined) {
    // With the unfinished line before it.
    const from = unfinished?.from ?? position
    findings.addDamage({ path: file.path, from, to: position, kind: `${broken}-gzip` })
  } else if (unfinished !== undefined) {
    if (wasWritten || file.isWritten()) findings.inFlight.push(rangeOf(unfinished, file))
    else checkLine(unfinished, file, findings, ids)
  }
  return broken === undefined ? summer.sum() : undefined
}

function checkLine(line: RawLine, { path, owner }: FileToCheck, findings: Findings, ids: IdTable): void {
  const { bytes } = line
  if (bytes !== undefined && isBlank(bytes)) return
  findings.lines++
  const record = bytes === undefined ? undefined : readBytes(bytes, RECORD_OF[owner])
  if (record === undefined || bytes === undefined) {
    findings.addDamage({ ...rangeOf(line, { path }), kind: damageKind(line) })
    return
  }
  if (owner !== 'llm_requests' || !isRequest(record)) return
  findings.requests.lines++
  const isFinal = record.status !== 'pending' && !path.endsWith(SUMMARY)
  const seen = ids.see(record.id, isFinal ? bytes : undefined)
  if (seen === 'new') findings.requests.ids++
  if (seen === 'resent') findings.requests.resent++
  if (seen !== 'doubled') return
  findings.requests.doubled++
  findings.addDoubled({ ...rangeOf(line, { path }), id: record.id })
}

function isRecord({ bytes }: RawLine, owner: LineOwner): boolean {
  return bytes !== undefined && readBytes(bytes, RECORD_OF[owner]) !== undefined
}

function rangeOf({ from, to }: RawLine, { path }: { readonly path: string }): LineRange {
  return { path, from, to }
}

/** The content of an open file, inflated when its name ends in `.gz`, from its start and once. */
export function contentOf(
  handle: FileHandle,
  path: string,
  onBroken: (broken: Broken) => void,
): AsyncIterable<Buffer> {
  return isGzip(path) ? gunzip(handle, 0, onBroken) : chunksOf(handle)
}

function isGzip(path: string): boolean {
  return path.endsWith('.gz')
}

async function* chunksOf(handle: FileHandle): AsyncGenerator<Buffer> {
  for (;;) {
    // Without a position: it goes on where it stopped.
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, null)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}
