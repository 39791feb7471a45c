/** The times of an entry, checked and written. */
import type { Problem } from '../errors.js'
import { jsonField } from './json-text.js'
import { type Fields, isObject, namedGroup, readingProblem } from './own-fields.js'
import { instead } from './read-fields.js'
import { isMilliseconds, milliseconds } from './validate.js'

/** Milliseconds. `text` is the JSON of the field, with a comma before it. */
export class PreparedTimings {
  readonly latency: number | undefined
  /** The whole duration, else the latency. */
  readonly duration: number | undefined
  readonly text: string

  constructor(latency: number | undefined, duration: number | undefined, text: string) {
    this.latency = latency
    this.duration = duration
    this.text = text
  }
}

/** `latency` is what the entry names outside of the group, for where that names none. What is wrong is added to `problems`. */
export function readTimings(
  value: unknown,
  latency: number | undefined,
  problems: Problem[],
  operation: string,
): PreparedTimings | undefined {
  if (value === undefined && latency === undefined) return undefined
  try {
    if (!isObject(value))
      return readTimes(instead({}, problems, 'timings', value), latency, problems, operation)
    return readTimes(namedGroup(value, TIMING_FIELDS), latency, problems, operation)
  } catch (error) {
    problems.push(readingProblem('timings', error))
    return undefined
  }
}

const TIMING_FIELDS = ['latency_ms', 'total_duration_ms', 'time_to_first_token_ms']

function readTimes(
  timings: Fields,
  outer: number | undefined,
  problems: Problem[],
  operation: string,
): PreparedTimings {
  let latency: number | undefined
  let total: number | undefined
  let text = ',"timings":'
  let before = '{'
  for (const name in timings) {
    const value = timings[name]
    if (value === undefined) continue
    switch (name) {
      case 'latency_ms':
        latency = timeOf(name, value, problems)
        text += `${before}"latency_ms":${latency}`
        break
      case 'total_duration_ms':
        total = timeOf(name, value, problems)
        text += `${before}"total_duration_ms":${total}`
        break
      case 'time_to_first_token_ms':
        text += `${before}"time_to_first_token_ms":${timeOf(name, value, problems)}`
        break
      default: {
        const field = jsonField(name, value, operation)
        if (field === '') continue
        text += `${before}${field.slice(1)}`
      }
    }
    before = ','
  }
  if (latency === undefined && outer !== undefined) {
    latency = outer
    text += `${before}"latency_ms":${latency}`
    before = ','
  }
  return new PreparedTimings(latency, total ?? latency, before === ',' ? `${text}}` : `${text}{}`)
}

/** 0 with a problem for what is no time. */
function timeOf(name: string, value: unknown, problems: Problem[]): number {
  if (isMilliseconds(value)) return value
  problems.push({ code: 'INVALID_TIMINGS', field: `timings.${name}`, message: milliseconds(value) ?? '' })
  return 0
}
