/** What is wrong with a line that is no record. */
import { isUtf8 } from 'node:buffer'
import type { RawLine } from '../line-splitter.js'
import { salvage } from '../repair/salvage.js'
import { scanObject } from '../repair/scan-object.js'
import type { DamageKind } from './report.js'

/** `line` is no record and not blank. */
export function damageKind({ bytes }: RawLine): DamageKind {
  if (bytes === undefined) return 'too-long'
  if (bytes.includes(0)) return 'nul'
  const whole = salvage(bytes)
  if (whole.length > 1 || (whole[0] !== undefined && whole[0].from > 0)) return 'glued'
  if (!isUtf8(bytes)) return 'bad-utf8'
  if (whole.length === 1) return isJson(bytes) ? 'not-an-entry' : 'glued'
  if (scanObject(bytes, 0).is === 'unfinished') return 'torn'
  return isJson(bytes) ? 'not-an-entry' : 'not-json'
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'))
    return true
  } catch {
    return false
  }
}
