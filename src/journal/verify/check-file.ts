/** One file: every line of it, and the sum of its content. */
import type { FileHandle } from 'node:fs/promises'
import type { Broken } from '../gunzip.js'
import { LineSplitter, type RawLine } from '../line-splitter.js'
import { contentOf, isGzip } from '../log-content.js'
import { type ContentSum, ContentSummer } from '../seals/content-sum.js'
import { formName } from '../segments.js'
import type { IdTable } from './id-table.js'
import { damageKind } from './line-kind.js'
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
  const splitter = new LineSplitter()
  let broken: Broken | undefined
  try {
    const { size } = await handle.stat()
    for await (const chunk of contentOf(handle, file.path, (end) => (broken = end))) {
      summer.add(chunk)
      for (const line of splitter.add(chunk)) checkLine(line, file, findings, ids)
      position += chunk.length
      findings.bytes += chunk.length
      if (!isGzip(file.path)) onRead(chunk.length)
    }
    unfinished = splitter.end()[0]
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
