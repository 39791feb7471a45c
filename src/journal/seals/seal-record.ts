/** The records of a chain of seals: what each says, how it is hashed and signed, and its one spelling in the file. */
import { createHash, sign, verify } from 'node:crypto'
import type { SealKey, VerifyingKeys } from './keys.js'

interface Common {
  /** From 1 without gaps. */
  readonly seq: number
  /** The stem of the segment, `llm_requests.0-00000007-20260131T140506078Z`; for messages `messages/<name>`. */
  readonly segment: string
  /** UTC with milliseconds. */
  readonly at: string
  /** Of the uncompressed content; of a deletion, the content that was deleted. */
  readonly bytes: number
  readonly lines: number
  readonly sha256: string
  /** The hash of the record before; 64 zeros for the first. */
  readonly previous: string
  readonly hash: string
  readonly key_id?: string
  readonly signature?: string
}

/** A segment was closed with this content. */
export interface Seal extends Common {
  readonly type: 'seal'
}

export const DELETE_REASONS = ['age', 'count', 'bytes'] as const

/** Retention deleted the segment. */
export interface Deletion extends Common {
  readonly type: 'delete'
  readonly reason: (typeof DELETE_REASONS)[number]
  /** SHA-256 of the uncompressed summary that stays; null when none does. */
  readonly summary: string | null
  /** Intact and damaged lines of what was deleted. */
  readonly entries: number
  readonly damaged: number
}

/** A repair replaced the content; from here on the new one is sealed. */
export interface Repair extends Common {
  readonly type: 'repair'
  /** SHA-256 of the content before. */
  readonly before: string
}

export type SealRecord = Seal | Deletion | Repair

type Made = 'seq' | 'previous' | 'hash' | 'key_id' | 'signature'
/** What the caller says; the rest is made. */
export type SealFields = Omit<Seal, Made> | Omit<Deletion, Made> | Omit<Repair, Made>

/** The place of a record in its chain. */
export interface Link {
  readonly seq: number
  readonly hash: string
}

export const FIRST_PREVIOUS = '0'.repeat(64)

const ALWAYS = ['seq', 'type', 'segment', 'at', 'bytes', 'lines', 'sha256'] as const
/** The fields of each type that are hashed, in the order in which they are. */
export const SEAL_FIELDS = {
  seal: [...ALWAYS, 'previous'],
  delete: [...ALWAYS, 'reason', 'summary', 'entries', 'damaged', 'previous'],
  repair: [...ALWAYS, 'before', 'previous'],
} as const

/** The record that comes behind `previous`, which is undefined for the first of a chain. */
export function sealRecord(fields: SealFields, previous: Link | undefined, key?: SealKey): SealRecord {
  const linked = { ...fields, seq: (previous?.seq ?? 0) + 1, previous: previous?.hash ?? FIRST_PREVIOUS }
  const hash = hashOf(linked)
  if (key === undefined) return { ...linked, hash }
  const signature = sign(null, Buffer.from(hash, 'ascii'), key.privateKey).toString('base64')
  return { ...linked, hash, key_id: key.id, signature }
}

/** With its newline. */
export function recordLine(record: SealRecord): string {
  const hashed = SEAL_FIELDS[record.type]
  return `${JSON.stringify(inOrder(record, [...hashed, 'hash', 'key_id', 'signature']))}\n`
}

/** The record of a line without its newline. A record has one spelling, so every changed byte shows. */
export function checkRecord(text: string): SealRecord | 'no-record' | 'wrong-hash' {
  const record = parse(text)
  if (record === undefined || recordLine(record) !== `${text}\n`) return 'no-record'
  return hashOf(record) === record.hash ? record : 'wrong-hash'
}

export type SignatureFault = 'not-signed' | 'unknown-key' | 'wrong-signature'

/** Whether one of the keys made the record's signature. */
export function checkSignature(record: SealRecord, keys: VerifyingKeys): SignatureFault | undefined {
  if (record.signature === undefined) return 'not-signed'
  const key = keys.get(record.key_id ?? '')
  if (key === undefined) return 'unknown-key'
  const signature = Buffer.from(record.signature, 'base64')
  // Base64 has several spellings of the same bytes.
  const isValid =
    signature.toString('base64') === record.signature &&
    verify(null, Buffer.from(record.hash, 'ascii'), key, signature)
  return isValid ? undefined : 'wrong-signature'
}

function hashOf(record: { readonly type: SealRecord['type'] }): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(record, SEAL_FIELDS[record.type])))
    .digest('hex')
}

function inOrder(record: object, names: readonly string[]): object {
  const values = new Map(Object.entries(record))
  return Object.fromEntries(names.flatMap((name) => (values.has(name) ? [[name, values.get(name)]] : [])))
}

function parse(text: string): SealRecord | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

const HEX = /^[0-9a-f]{64}$/
const isHash = (value: unknown): boolean => typeof value === 'string' && HEX.test(value)
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
const isText = (value: unknown): boolean => typeof value === 'string'

const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  seq: (value) => isCount(value) && value !== 0,
  type: isText,
  segment: isText,
  at: isText,
  bytes: isCount,
  lines: isCount,
  sha256: isHash,
  previous: isHash,
  hash: isHash,
  before: isHash,
  reason: (value) => DELETE_REASONS.some((reason) => reason === value),
  summary: (value) => value === null || isHash(value),
  entries: isCount,
  damaged: isCount,
}

function isRecord(value: unknown): value is SealRecord {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false
  const { type } = value
  if (type !== 'seal' && type !== 'delete' && type !== 'repair') return false
  const values = new Map<string, unknown>(Object.entries(value))
  if (![...SEAL_FIELDS[type], 'hash'].every((name) => CHECKS[name]?.(values.get(name)))) return false
  const signed = [values.get('key_id'), values.get('signature')]
  return signed.every(isText) || signed.every((part) => part === undefined)
}
