/** Ed25519 keys of seals: the private one signs, the public one checks. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { invalid, type ValidationError } from '../../errors.js'

export interface SealKey {
  /** The first 16 hex digits of the SHA-256 of the public key (SPKI, DER). */
  readonly id: string
  readonly privateKey: KeyObject
}

/** Public keys by id. */
export type VerifyingKeys = ReadonlyMap<string, KeyObject>

const PEM = /-----BEGIN ([A-Z ]+)-----[\s\S]+?-----END \1-----/g

/** `key` is PEM text, or the path of a file that holds it. Throws ValidationError INVALID_SEAL_KEY. */
export function signingKey(key: string, operation: string): SealKey {
  const text = pemText(key, operation, 'privateKey')
  try {
    const privateKey = createPrivateKey(text)
    if (privateKey.asymmetricKeyType === 'ed25519') {
      return { id: idOf(createPublicKey(privateKey)), privateKey }
    }
  } catch {
    // Said below; the cause may quote the key.
  }
  throw refuse(operation, 'privateKey', 'is no Ed25519 private key in PEM')
}

/** One public key or several, one behind another. Takes and throws as signingKey. */
export function verifyingKeys(key: string, operation: string): VerifyingKeys {
  const blocks = pemText(key, operation, 'publicKey').match(PEM) ?? []
  try {
    const keys = blocks.map((block) => createPublicKey(block))
    if (keys.length > 0 && keys.every(({ asymmetricKeyType }) => asymmetricKeyType === 'ed25519')) {
      return new Map(keys.map((publicKey) => [idOf(publicKey), publicKey]))
    }
  } catch {
    // Said below.
  }
  throw refuse(operation, 'publicKey', 'is no Ed25519 public key in PEM')
}

function idOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(der).digest('hex').slice(0, 16)
}

function pemText(key: string, operation: string, field: string): string {
  if (typeof key !== 'string' || key === '') throw refuse(operation, field, 'is neither PEM text nor a path')
  if (key.includes('-----BEGIN')) return key
  try {
    return readFileSync(key, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw refuse(operation, field, `cannot be read (${reason})`)
  }
}

function refuse(operation: string, field: string, message: string): ValidationError {
  return invalid(operation, 'INVALID_SEAL_KEY', field, message)
}
