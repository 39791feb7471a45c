/** The options of a capture, checked when it is set up: a misspelt one could keep what was meant to stay out. */
import { isObject } from '../entry/own-fields.js'
import { invalid } from '../errors.js'
import type { CaptureOptions } from './capture.js'

const NAMES = [
  'ledger',
  'projectId',
  'chatId',
  'provider',
  'userId',
  'sessionId',
  'tags',
  'environment',
  'metadata',
  'messages',
  'content',
  'headers',
  'personalData',
  'redact',
]
const CONTENT_MODES: readonly unknown[] = ['full', 'hashed', 'none']

/** `further` are options of this capture alone. Throws ValidationError INVALID_OPTION. */
export function checkCaptureOptions(
  options: CaptureOptions,
  operation: string,
  further: readonly string[] = [],
): void {
  const given: unknown = options
  const refuse = (field: string, message: string): Error =>
    invalid(operation, 'INVALID_OPTION', field, message)
  if (!isObject(given)) throw refuse('options', 'is not an object')
  const known = [...NAMES, ...further]
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw refuse(name, `is no option; the options are ${known.join(', ')}`)
  }
  if (!isObject(given.ledger) || typeof given.ledger.logLLMRequest !== 'function') {
    const isPromise = isObject(given.ledger) && typeof given.ledger.then === 'function'
    throw refuse('ledger', isPromise ? 'is the promise of one: await openLedger()' : 'is no ledger')
  }
  for (const name of ['projectId', 'chatId']) {
    if (typeof given[name] !== 'string' && typeof given[name] !== 'function') {
      throw refuse(name, 'is neither an id nor a function that finds it')
    }
  }
  if (given.content !== undefined && !CONTENT_MODES.includes(given.content)) {
    throw refuse('content', `is none of ${CONTENT_MODES.join(', ')}`)
  }
  for (const name of ['messages', 'personalData']) {
    if (given[name] !== undefined && typeof given[name] !== 'boolean')
      throw refuse(name, 'is not true or false')
  }
  if (given.redact !== undefined && typeof given.redact !== 'function')
    throw refuse('redact', 'is no function')
}
