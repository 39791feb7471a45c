/** `filter` of a question: which dimensions it names, and which values they can have. */
import { REQUEST_TYPES, STATUSES } from '../entry/entry.js'
import { isObject } from '../entry/own-fields.js'
import { invalid } from '../errors.js'
import { nearestNames } from './nearest-names.js'
import { DIMENSIONS, type Dimension, type StatsOptions } from './stats-engine.js'
import { fieldless, unknownName } from './unknown-name.js'

/** Dimensions of which an entry has one of a few values: any other would be answered with nothing, like a quiet day. */
const VALUES = new Map<string, readonly string[]>([
  ['status', STATUSES],
  ['request_type', REQUEST_TYPES],
])

/** Throws ValidationError INVALID_FILTER with the nearest names or values. */
export function checkFilter(
  operation: string,
  filter: StatsOptions['filter'],
): Map<Dimension, readonly string[]> {
  const checked = new Map<Dimension, readonly string[]>()
  if (filter === undefined) return checked
  const given: unknown = filter
  if (!isObject(given)) throw invalid(operation, 'INVALID_FILTER', 'filter', 'is not an object')
  for (const [name, value] of Object.entries(given)) {
    const dimension = isMetadata(name) ? name : DIMENSIONS.find((known) => known === name)
    if (dimension === undefined) {
      const nearest = nearestNames(fieldless(name), DIMENSIONS)
      throw unknownName(operation, 'INVALID_FILTER', 'filter', name, nearest, [
        ...DIMENSIONS,
        'metadata.<key>',
      ])
    }
    if (value === undefined) continue
    const values: unknown[] = Array.isArray(value) ? value : [value]
    const texts = values.filter((item) => typeof item === 'string')
    if (texts.length !== values.length) {
      throw invalid(
        operation,
        'INVALID_FILTER',
        `filter.${name}`,
        'is neither a string nor a list of strings',
      )
    }
    requireKnownValues(operation, name, texts)
    checked.set(dimension, texts)
  }
  return checked
}

function requireKnownValues(operation: string, name: string, values: readonly string[]): void {
  const known = VALUES.get(name)
  const wrong = known === undefined ? undefined : values.find((value) => !known.includes(value))
  if (known === undefined || wrong === undefined) return
  const nearest = nearestNames(wrong, known)
  throw unknownName(operation, 'INVALID_FILTER', `filter.${name}`, wrong, nearest, known)
}

export function isMetadata(name: string): name is `metadata.${string}` {
  return name.startsWith('metadata.') && name.length > 'metadata.'.length
}
