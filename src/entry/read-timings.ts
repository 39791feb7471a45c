/** The times of an entry, checked and written. */
import type { Problem } from '../errors.js'
import { jsonField } from './json-text.js'
import { namedGroup } from './own-fields.js'
import { milliseconds } from './validate.js'

/** Milliseconds. */
export class PreparedTimings {
  readonly latency: number | undefined
  readonly total: number | undefined
  /** The JSON of each field with a comma before it. */
  readonly fields: string

  constructor(latency: number | undefined, total: number | undefined, fields: string) {
    this.latency = latency
    this.total = total
    this.fields = fields
  }

  /** The whole duration, else the latency. */
  get duration(): number | undefined {
    return this.total ?? this.latency
  }

  get text(): string {
    return `{${this.fields.slice(1)}}`
  }
}

const TIMING_FIELDS = ['latency_ms', 'total_duration_ms', 'time_to_first_token_ms']

/** What is wrong is added to `problems`. */
export function readTimings(
  given: Record<string, unknown>,
  problems: Problem[],
  operation: string,
): PreparedTimings {
  const timings = namedGroup(given, TIMING_FIELDS)
  let latency: number | undefined
  let total: number | undefined
  let fields = ''
  for (const name in timings) {
    if (!Object.hasOwn(timings, name)) continue
    const value = timings[name]
    if (value === undefined) continue
    if (!TIMING_FIELDS.includes(name)) {
      fields += jsonField(name, value, operation)
      continue
    }
    const message = milliseconds(value)
    if (message !== undefined || typeof value !== 'number') {
      problems.push({ code: 'INVALID_TIMINGS', field: `timings.${name}`, message: message ?? '' })
      continue
    }
    if (name === 'latency_ms') latency = value
    else if (name === 'total_duration_ms') total = value
    fields += `,"${name}":${value}`
  }
  return new PreparedTimings(latency, total, fields)
}
