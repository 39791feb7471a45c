// The trace that shims/record.c writes.
import { readFileSync } from 'node:fs'

const TYPES = [
  'none',
  'create',
  'write',
  'sync-start',
  'sync-end',
  'truncate',
  'rename',
  'link',
  'unlink',
  'mkdir',
  'rmdir',
  'said',
]
const HEAD = 40

/**
 * @typedef {object} Step
 * @property {string} type
 * @property {number} inode
 * @property {number} a offset of a write, size of a truncation, number of a sync
 * @property {string} path
 * @property {Buffer} data of a write; the old path of a rename or link; what was said
 */

/** @param {string} path @returns {Step[]} */
export function readTrace(path) {
  const bytes = readFileSync(path)
  const steps = []
  for (let at = 0; at + HEAD <= bytes.length; ) {
    const word = (/** @type {number} */ n) => Number(bytes.readBigUInt64LE(at + n * 8))
    const [pathLength, dataLength] = [bytes.readUInt32LE(at + 32), bytes.readUInt32LE(at + 36)]
    const data = at + HEAD + pathLength
    steps.push({
      type: TYPES[word(0)] ?? 'none',
      inode: word(1),
      a: word(2),
      path: bytes.toString('utf8', at + HEAD, data),
      data: bytes.subarray(data, data + dataLength),
    })
    at = data + dataLength
  }
  return steps
}
