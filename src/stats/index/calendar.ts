/** Instants to the slots that requests are summed up in: a local period of a zone, or all of time. */
import { periodLabel, periodNumber } from '../periods.js'
import type { Period, Weekday } from '../stats-engine.js'
import { DAY_MS, HOUR_MS, offsetSpansOfDays } from '../time-zone.js'

export type Resolution = Period | 'all'

/** Instants from `fromMs` on and before `endMs` have the slot. */
export interface SlotSpan {
  readonly slot: number
  readonly fromMs: number
  readonly endMs: number
}

const ALL: SlotSpan = { slot: 0, fromMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY }
/** Two hours of one name differ by their offset, which is in minutes, or seconds before there were zones. */
const OFFSETS = 2 ** 18

export class Calendar {
  readonly resolution: Resolution
  readonly #timezone: string
  readonly #weekStart: Weekday

  constructor(resolution: Resolution, timezone: string, weekStart: Weekday) {
    this.resolution = resolution
    this.#timezone = timezone
    this.#weekStart = weekStart
  }

  /** The same of those that give the same slots. */
  get name(): string {
    if (this.resolution === 'all') return 'all'
    return [this.resolution, this.#timezone, this.resolution === 'week' ? this.#weekStart : ''].join(' ')
  }

  spanOf(ms: number): SlotSpan {
    if (this.resolution === 'all') return ALL
    const size = this.resolution === 'hour' ? HOUR_MS : DAY_MS
    const span = offsetSpansOfDays(this.#timezone, [Math.floor(ms / DAY_MS)]).find(({ endMs }) => ms < endMs)
    if (span === undefined) throw new RangeError(`no offset at ${ms}`)
    const { startMs, endMs, offsetMs } = span
    const number = Math.floor((ms + offsetMs) / size)
    const start = number * size - offsetMs
    return {
      slot:
        this.resolution === 'hour'
          ? number * OFFSETS + offsetMs / 1000 + OFFSETS / 2
          : periodNumber(this.resolution, number * DAY_MS, this.#weekStart),
      fromMs: Math.max(start, startMs),
      endMs: Math.min(start + size, endMs),
    }
  }

  /** The start of the first slot that begins at the instant or later. */
  startFrom(ms: number): number {
    return this.#startOf(ms) === ms ? ms : this.#endOf(ms)
  }

  /** The end of the last slot that ends at the instant or before. */
  endBefore(ms: number): number {
    return this.#startOf(ms)
  }

  /** The whole slot that the instant is in. */
  slotAround(ms: number): { readonly fromMs: number; readonly endMs: number } {
    return { fromMs: this.#startOf(ms), endMs: this.#endOf(ms) }
  }

  /** A day may be of several spans: of two offsets, or cut at midnight UTC. A month is of many. */
  #startOf(ms: number): number {
    const { slot } = this.spanOf(ms)
    let { fromMs } = this.spanOf(ms)
    for (let before = this.spanOf(fromMs - 1); before.slot === slot; before = this.spanOf(fromMs - 1)) {
      fromMs = before.fromMs
    }
    return fromMs
  }

  #endOf(ms: number): number {
    const { slot } = this.spanOf(ms)
    let { endMs } = this.spanOf(ms)
    for (let next = this.spanOf(endMs); next.slot === slot; next = this.spanOf(endMs)) endMs = next.endMs
    return endMs
  }
}

/** The numbers of a slot's periods, by which they are ordered; and their labels. */
export function periodOfSlot(
  resolution: Resolution,
  slot: number,
  period: Period,
  weekStart: Weekday,
): { readonly order: readonly number[]; readonly label: string } {
  const isHour = resolution === 'hour'
  const offsetMs = isHour ? ((((slot % OFFSETS) + OFFSETS) % OFFSETS) - OFFSETS / 2) * 1000 : 0
  const localMs = isHour ? Math.floor(slot / OFFSETS) * HOUR_MS : slot * DAY_MS
  const number = period === resolution && !isHour ? slot : periodNumber(period, localMs, weekStart)
  return {
    // By instant: of an hour that comes twice the one with the greater offset is the first.
    order: period === 'hour' ? [number * HOUR_MS - offsetMs, number] : [number],
    label: periodLabel(period, number, weekStart, offsetMs),
  }
}
