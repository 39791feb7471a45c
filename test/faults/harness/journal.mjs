// What is on the disk, read without the product's readers: docs/journal-format.md is all this file knows.
import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { textOf } from './entry.mjs'

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/

/**
 * @typedef {object} Journal
 * @property {Map<string, {count: number, digest: string}>} ids of all intact lines
 * @property {string[]} doubled ids with lines that differ
 * @property {string[]} altered ids whose content is not what was logged
 * @property {{path: string, from: number, to: number}[]} damaged whole lines that are no entries, and what is behind the last newline of a closed file
 * @property {{path: string, from: number, to: number}[]} unfinished no entry, behind the last newline of an active file
 * @property {number} lines intact ones
 * @property {string[]} files in reading order
 */

/** All forms of a journal's files: active, closed, gzipped, summary. @param {string} logsDir @returns {Journal} */
export function readJournal(logsDir, base = 'llm_requests') {
  const form = new RegExp(
    `^(${base}(?:\\.\\d+(?:-\\d{8}-[0-9TZ]+)?)?)(\\.summary\\.jsonl\\.gz|\\.jsonl|\\.jsonl\\.gz)$`,
  )
  /** @type {Map<string, string>} */
  const forms = new Map()
  for (const name of existsSync(logsDir) ? readdirSync(logsDir) : []) {
    const [, stem = '', ending = ''] = form.exec(name) ?? []
    if (stem === '') continue
    // Of one stem one form counts: the summary, else the raw file, else the gzipped one.
    const rank = (/** @type {string} */ ending) =>
      ['.jsonl.gz', '.jsonl', '.summary.jsonl.gz'].indexOf(ending)
    if (rank(ending) > rank(forms.get(stem) ?? '')) forms.set(stem, ending)
  }
  const stems = [...forms].sort(([a], [b]) => inReadingOrder(placeOf(a), placeOf(b)))
  return readFiles(stems.map(([stem, ending]) => join(logsDir, `${stem}${ending}`)))
}

/** Closed ones by slot and sequence, then the active ones by slot. @param {string} stem */
function placeOf(stem) {
  const [, slot = '0', sequence] = /\.(\d+)(?:-(\d{8})-[0-9TZ]+)?$/.exec(stem) ?? []
  return [sequence === undefined ? 1 : 0, Number(slot), Number(sequence ?? 0)]
}

/** @param {number[]} a @param {number[]} b */
function inReadingOrder(a, b) {
  return a.map((value, n) => value - (b[n] ?? 0)).find((difference) => difference !== 0) ?? 0
}

/** The messages of all chats of a project. @param {string} root */
export function readMessages(root) {
  const chats = join(root, 'chats')
  const names = new Set(existsSync(chats) ? readdirSync(chats, { recursive: true }).map(String) : [])
  // A closed file may be there in both forms, and then the raw one counts.
  const counts = (/** @type {string} */ name) =>
    name.endsWith('.jsonl') || (name.endsWith('.jsonl.gz') && !names.has(name.slice(0, -'.gz'.length)))
  return readFiles([...names].filter(counts).map((name) => join(chats, name)))
}

/** @param {string[]} files @returns {Journal} */
function readFiles(files) {
  /** @type {Journal} */
  const journal = { ids: new Map(), doubled: [], altered: [], damaged: [], unfinished: [], lines: 0, files }
  for (const path of files) {
    const content = readFileSync(path)
    readContent(path.endsWith('.gz') ? gunzipSync(content) : content, path, journal)
  }
  return journal
}

/** Nobody writes it any more. */
const CLOSED = /-\d{8}-[0-9TZ]+\.jsonl(\.gz)?$/

/** @param {Buffer} content @param {string} path @param {Journal} journal */
function readContent(content, path, journal) {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  for (let from = 0; from < content.length; ) {
    const newline = content.indexOf(0x0a, from)
    const to = newline < 0 ? content.length : newline + 1
    const bytes = content.subarray(from, newline < 0 ? to : newline)
    const record = parse(decoder, bytes)
    if (record !== undefined) count(record, bytes, journal)
    else if (newline < 0 && !CLOSED.test(path)) journal.unfinished.push({ path, from, to })
    else if (bytes.toString().trim() !== '') journal.damaged.push({ path, from, to })
    from = to
  }
}

/** @param {{decode: (bytes: Buffer) => string}} decoder @param {Buffer} bytes @returns {Record<string, any> | undefined} */
function parse(decoder, bytes) {
  try {
    const record = JSON.parse(decoder.decode(bytes))
    return isEntry(record) || isMessage(record) ? record : undefined
  } catch {
    return undefined
  }
}

/** @param {any} record */
function isEntry(record) {
  return (
    typeof record?.id === 'string' &&
    ['pending', 'success', 'error', 'timeout'].includes(record.status) &&
    INSTANT.test(record.timestamp_start) &&
    !Number.isNaN(Date.parse(record.timestamp_start))
  )
}

/** @param {any} record */
function isMessage(record) {
  return (
    typeof record?.id === 'string' && typeof record.role === 'string' && typeof record.content === 'string'
  )
}

/** @param {Record<string, any>} record @param {Buffer} bytes @param {Journal} journal */
function count(record, bytes, journal) {
  const { id } = record
  const digest = hash('sha1', bytes)
  const known = journal.ids.get(id)
  journal.lines++
  if (known !== undefined && known.digest !== digest) journal.doubled.push(id)
  journal.ids.set(id, { count: (known?.count ?? 0) + 1, digest })
  const text = record.content ?? record.metadata?.text
  if (record.summarized !== true && text !== undefined && text !== textOf(id)) journal.altered.push(id)
}
