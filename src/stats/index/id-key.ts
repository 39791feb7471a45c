/** Ids as keys of one length, the same wherever they are made: here and in the engine's SQL. */
import { createHash } from 'node:crypto'
import type { IdKey } from './rows.js'

/**
 * MD5 is what the engine has as numbers. Who could make two ids of one key could as well log one id twice, to the same
 * effect: one request is counted.
 */
export function keyOfId(id: string): IdKey {
  const digest = createHash('md5').update(id).digest()
  return [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)]
}

/** A number of 128 bits as SQL over a text; its lowest three words are the key. */
export function keySql(text: string): string {
  return `md5_number(${text})`
}
