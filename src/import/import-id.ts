/** Ids and marks that are the same in every run, because they are made from nothing but the source. */
import { hash } from 'node:crypto'
import { redactText } from '../entry/redact.js'
import type { ImportedEntry } from './importer.js'

const ID_DIGITS = 32
/** 52 bits: a number holds them exactly. */
const MARK_DIGITS = 13

/** What the ids of a format begin with. */
export function idPrefix(format: string): string {
  return `${format}-`
}

/** The format, and 128 bits of the SHA-256 of the source's ids: these may be longer than an id, and hold anything. */
export function importId(format: string, key: readonly string[]): string {
  return idPrefix(format) + hash('sha256', JSON.stringify(key)).slice(0, ID_DIGITS)
}

/** Two states of a call that would be logged alike have one mark. Throws for what is nested too deep to be written. */
export function markOf(startMs: number, endMs: number, entry: ImportedEntry): string {
  return hash('sha256', redactText(JSON.stringify([startMs, endMs, entry]))).slice(0, MARK_DIGITS)
}

/** The mark as a number; undefined for what is none. */
export function markNumber(mark: unknown): number | undefined {
  return typeof mark === 'string' && /^[0-9a-f]{13}$/.test(mark) ? Number.parseInt(mark, 16) : undefined
}
