/** What is said between the thread that counts and the one that asked. */
import { ENCODINGS, type Encoding } from './encodings.js'

export interface CountOrder {
  readonly number: number
  readonly encoding: Encoding
  readonly texts: readonly string[]
}

export interface CountAnswer {
  /** That of the order. */
  readonly number: number
  /** Tokens of each text; absent when they could not be counted. */
  readonly counts?: readonly number[]
}

export function isOrder(value: unknown): value is CountOrder {
  return (
    isNumbered(value) &&
    'encoding' in value &&
    ENCODINGS.some((name) => name === value.encoding) &&
    'texts' in value &&
    Array.isArray(value.texts) &&
    value.texts.every((text) => typeof text === 'string')
  )
}

export function isAnswer(value: unknown): value is CountAnswer {
  if (!isNumbered(value)) return false
  return !('counts' in value) || (Array.isArray(value.counts) && value.counts.every(Number.isSafeInteger))
}

function isNumbered(value: unknown): value is { readonly number: number } {
  return (
    typeof value === 'object' && value !== null && 'number' in value && Number.isSafeInteger(value.number)
  )
}
