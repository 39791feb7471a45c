/** API keys, known by their SHA-256 alone: a key itself is neither kept nor written anywhere. */
import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { idOrNone, known, projectOrNone, refuse } from './option-values.js'

export interface KeyOwner {
  /** Of the API key's UTF-8 bytes, in 64 hexadecimal digits: `printf %s "$KEY" | sha256sum`. */
  readonly sha256: string
  /** Or its slug. */
  readonly projectId: string
  /** Default `proxy`. */
  readonly chatId?: string
}

/** The owners by the hash of their key. Throws ValidationError INVALID_OPTION. */
export function readKeys(value: unknown): ReadonlyMap<string, KeyOwner> {
  if (value !== undefined && !Array.isArray(value)) throw refuse('proxy.keys', 'is not a list')
  const owners = new Map<string, KeyOwner>()
  for (const [index, item] of (value ?? []).entries()) {
    const field = `proxy.keys[${index}]`
    const given = known(item, field, ['sha256', 'projectId', 'chatId'])
    // What stands there may be the key itself by mistake, so it is not repeated.
    if (typeof given.sha256 !== 'string' || !/^[0-9a-f]{64}$/i.test(given.sha256)) {
      throw refuse(`${field}.sha256`, 'is not 64 hexadecimal digits')
    }
    const sha256 = given.sha256.toLowerCase()
    if (owners.has(sha256)) throw refuse(`${field}.sha256`, 'is given twice')
    const projectId = projectOrNone(`${field}.projectId`, given.projectId)
    if (projectId === undefined) throw refuse(`${field}.projectId`, 'is missing')
    const chatId = idOrNone(`${field}.chatId`, given.chatId)
    owners.set(sha256, { sha256, projectId, ...(chatId === undefined ? {} : { chatId }) })
  }
  return owners
}

/** The hash of the key that a request carries, wherever providers want it; undefined without one. */
export function keyHashOf(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
  const named = [headers['x-api-key'], headers['api-key'], headers['x-goog-api-key']]
  const key = bearer ?? named.find((value) => typeof value === 'string' && value !== '')
  return typeof key === 'string' ? createHash('sha256').update(key, 'latin1').digest('hex') : undefined
}
