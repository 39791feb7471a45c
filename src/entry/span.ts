/** When a request began and ended, from what its caller says. Epoch ms. */
import { MAX_INSTANT, MIN_INSTANT } from './timestamp.js'

/** An end that lies in the past, given without its start: the start is before it by the duration. Else now. */
export function startOf(end: number | undefined, duration: number | undefined, now: number): number {
  if (end === undefined || end >= now) return now
  return Math.max(end - Math.round(duration ?? 0), MIN_INSTANT)
}

/** A final entry that names its start and its duration ended then; any other ended now, or at a start to come. */
export function endOf(start: number | undefined, duration: number | undefined, now: number): number {
  if (start === undefined) return now
  if (duration === undefined) return Math.max(start, now)
  return Math.min(start + Math.round(duration), MAX_INSTANT)
}
