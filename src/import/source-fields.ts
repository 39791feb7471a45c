/** Guards for the fields of records that other programs wrote. */
import { hash } from 'node:crypto'
import { isId } from '../entry/ids.js'
import { type Fields, isObject } from '../entry/own-fields.js'
import { redactText } from '../entry/redact.js'
import { parseInstant } from '../entry/timestamp.js'

/** A text field of an entry holds no more. */
const MAX_TEXT = 256
/** `2026-01-31 14:00:00.123456`, without a zone: UTC, as databases print it. */
const WITHOUT_ZONE =
  /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)( ?(?:Z|UTC|[+-]\d{2}(?::?\d{2})?))?$/

/** The object, or an empty one. */
export function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : {}
}

/** As `fieldsOf`, also of an object that was written as JSON text. */
export function jsonFieldsOf(value: unknown): Fields {
  if (typeof value !== 'string') return fieldsOf(value)
  try {
    return fieldsOf(JSON.parse(value))
  } catch {
    return {}
  }
}

/** The string when there is one that is not empty and fits a field of an entry. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT ? value : undefined
}

/** The first of the fields that holds such a text. */
export function firstText(fields: Fields, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = textOf(fields[name])
    if (text !== undefined) return text
  }
  return undefined
}

/** A finite number from 0 on, also one that was written as text; undefined for anything else. */
export function amountOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined
}

/** Epoch ms of an ISO 8601 instant, or of a date and time without a zone, which is UTC. */
export function instantOf(value: unknown): number | undefined {
  const instant = parseInstant(value)
  if (instant !== undefined || typeof value !== 'string') return instant
  const [, day, time, zone = ''] = WITHOUT_ZONE.exec(value) ?? []
  if (day === undefined || time === undefined) return undefined
  return parseInstant(`${day}T${time}${isoZone(zone.trim())}`)
}

function isoZone(zone: string): string {
  if (zone === '' || zone === 'UTC') return 'Z'
  return zone.length === 3 ? `${zone}:00` : zone
}

/** The id itself where it may be one of ours, else one made from it without its credentials. */
export function chatIdOf(id: string): string {
  return isId(id) ? id : `chat-${hash('sha256', redactText(id)).slice(0, 32)}`
}

/** The fields without those that are undefined. */
export function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
