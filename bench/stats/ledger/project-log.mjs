// The journal of one project, written as the library leaves it: closed segments, their seals, and the active file.
import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { recordLine, sealRecord } from '../../../dist/journal/seals/seal-record.js'
import { activeName, closedName } from '../../../dist/journal/segments.js'

const BASE = 'llm_requests'
/** The default of `rotation.maxBytes`. */
const SEGMENT_BYTES = 64 * 1024 * 1024
const BUFFER_BYTES = 512 * 1024

/** `append(line, ms)`, lines of ASCII in order of their time; `close()` gives the bytes of all. */
export function openProjectLog(root, { id, name, slug, createdAt }) {
  const logs = join(root, 'logs')
  for (const folder of [root, logs, join(root, 'chats')]) mkdirSync(folder, { mode: 0o700, recursive: true })
  const paths = { root: '.', chats_dir: 'chats', logs_dir: 'logs' }
  const times = { created_at: createdAt, updated_at: createdAt }
  const project = { id, name, slug, status: 'active', ...times, default_model: null, paths }
  writeFileSync(join(root, 'project.json'), `${JSON.stringify(project, null, 2)}\n`, { mode: 0o600 })
  const active = join(logs, activeName(BASE, 0))
  const seals = openSync(join(logs, `${BASE}.seals.jsonl`), 'a', 0o600)
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  let [file, held, size, lines, bytes, sequence] = [undefined, 0, 0, 0, 0, 0]
  let hash
  let lastSeal

  function flush() {
    const content = buffer.subarray(0, held)
    for (let written = 0; written < held; ) written += writeSync(file, content, written)
    hash.update(content)
    held = 0
  }

  function rotate(ms) {
    flush()
    closeSync(file)
    const at = new Date(ms)
    const name = closedName(BASE, 0, ++sequence, at)
    renameSync(active, join(logs, name))
    const segment = name.slice(0, -'.jsonl'.length)
    const content = { bytes: size, lines, sha256: hash.digest('hex') }
    lastSeal = sealRecord({ type: 'seal', segment, at: at.toISOString(), ...content }, lastSeal)
    writeSync(seals, recordLine(lastSeal))
    file = undefined
  }

  return {
    append(line, ms) {
      if (file !== undefined && size + line.length > SEGMENT_BYTES) rotate(ms)
      if (file === undefined) {
        file = openSync(active, 'w', 0o600)
        hash = createHash('sha256')
        size = 0
        lines = 0
      }
      if (held + line.length > BUFFER_BYTES) flush()
      held += buffer.latin1Write(line, held)
      size += line.length
      bytes += line.length
      lines++
    },
    close() {
      if (file !== undefined) {
        flush()
        closeSync(file)
      }
      closeSync(seals)
      return bytes
    },
  }
}
