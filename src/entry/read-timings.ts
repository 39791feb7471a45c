/** The times of an entry, checked and written. */
import type { Problem } from '../errors.js'
import { jsonField } from './json-text.js'
import { plainGroup } from './own-fields.js'
import { milliseconds } from './validate.js'

/** Milliseconds; `text` is the JSON of the whole group. */
export class PreparedTimings {
  readonly latency: number | undefined
  /** The whole duration, else the latency. */
  readonly duration: number | undefined
  readonly text: string

  constructor(latency: number | undefined, total: number | undefined, text: string) {
    this.latency = latency
    this.duration = total ?? latency
    this.text = text
  }
}

const TIMING_FIELDS = ['latency_ms', 'total_duration_ms', 'time_to_first_token_ms']

/** `latency` stands for a latency_ms that the group lacks. What is wrong is added to `problems`. */
export function readTimings(
  given: Record<string, unknown>,
  latency: number | undefined,
  problems: Problem[],
  operation: string,
): PreparedTimings {
  const timings = plainGroup(given, TIMING_FIELDS)
  let ownLatency: number | undefined
  let total: number | undefined
  let text = ''
  if (latency !== undefined && timings.latency_ms === undefined) {
    ownLatency = latency
    text = `,"latency_ms":${latency}`
  }
  for (const name in timings) {
    if (!Object.hasOwn(timings, name)) continue
    const value = timings[name]
    if (value === undefined) continue
    if (!TIMING_FIELDS.includes(name)) {
      text += jsonField(name, value, operation)
      continue
    }
    const message = milliseconds(value)
    if (message !== undefined || typeof value !== 'number') {
      problems.push({ code: 'INVALID_TIMINGS', field: `timings.${name}`, message: message ?? '' })
      continue
    }
    if (name === 'latency_ms') ownLatency = value
    else if (name === 'total_duration_ms') total = value
    text += `,"${name}":${value}`
  }
  return new PreparedTimings(ownLatency, total, `{${text.slice(1)}}`)
}
