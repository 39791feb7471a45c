/** The period of a budget that an instant lies in. */
import { Calendar } from '../../stats/index/calendar.js'
import type { CheckedBudget } from './budget.js'

/** Epoch ms, both ends included; infinite for `all`. */
export interface RunningPeriod {
  readonly fromMs: number
  readonly toMs: number
}

export function periodsOf({
  period,
  timezone,
  weekStart,
}: Pick<CheckedBudget, 'period' | 'timezone' | 'weekStart'>): (ms: number) => RunningPeriod {
  const calendar = new Calendar(period, timezone, weekStart)
  return (ms) => {
    if (period === 'all') return { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }
    const { fromMs, endMs } = calendar.slotAround(ms)
    return { fromMs, toMs: endMs - 1 }
  }
}
