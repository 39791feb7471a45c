/** What a budget is: what may be spent in a scope and a period, and who is told when a share of it is reached. */
import { createHash } from 'node:crypto'
import { isObject } from '../../entry/own-fields.js'
import { invalid, type ValidationError } from '../../errors.js'
import { checkOptions, checkScope } from '../../stats/question.js'
import { PERIODS, type Period, type StatsScope, type Weekday } from '../../stats/stats-engine.js'
import { knownOptions } from '../option-values.js'
import { checkWebhook, postCrossing } from './webhook.js'

/** Costs are those of requests that ended, by their `timestamp_start`. */
export interface Budget {
  readonly scope: StatsScope
  /** `all`: since the first request. */
  readonly period: Period | 'all'
  /** USD a period, above 0. */
  readonly limitUsd: number
  /** Shares of the limit that are told when they are reached; default [0.8]. The limit itself, 1, always is. */
  readonly warnAt?: readonly number[]
  /** IANA name; default UTC. */
  readonly timezone?: string
  /** Default monday. */
  readonly weekStart?: Weekday
  /** Called once for each share and period, by one process of those that share the workspace; what it throws is logged. */
  readonly onCrossing?: (crossing: BudgetCrossing) => unknown
  /** The same as POST of JSON to an https address, or a http one on this machine. May hold a secret: it is never logged. */
  readonly webhook?: string
}

/** USD throughout. */
export interface BudgetState {
  readonly scope: StatsScope
  readonly period: Period | 'all'
  /** The first and the last millisecond of the period that runs, ISO 8601 UTC; null for `all`. */
  readonly from: string | null
  readonly to: string | null
  readonly limitUsd: number
  readonly spentUsd: number
  /** Never below 0. */
  readonly remainingUsd: number
  /** spentUsd / limitUsd. */
  readonly share: number
  /** Nothing remains. */
  readonly isOver: boolean
  /** Of `warnAt` and 1 those that are reached. */
  readonly crossed: readonly number[]
  /** Requests of the period with tokens and no known price: they are in no sum. */
  readonly unpricedRequests: number
}

export interface BudgetCrossing extends BudgetState {
  /** The share that was reached. */
  readonly reached: number
}

/** Checked, with the defaults. */
export interface CheckedBudget extends Omit<Budget, 'warnAt' | 'onCrossing' | 'webhook'> {
  readonly timezone: string
  readonly weekStart: Weekday
  /** Rising, with 1. */
  readonly shares: readonly number[]
  readonly targets: readonly BudgetTarget[]
}

/** Who is told of crossings. */
export interface BudgetTarget {
  /** Tells it from the others, also in another process; names no address. */
  readonly id: string
  /** Rejects when it could not be told and is to be tried again. */
  tell(crossing: BudgetCrossing): Promise<void>
}

const FIELDS = ['scope', 'period', 'limitUsd', 'warnAt', 'timezone', 'weekStart', 'onCrossing', 'webhook']
const KNOWN_PERIODS: readonly unknown[] = [...PERIODS, 'all']
const DEFAULT_WARN_AT = [0.8]
/** More is meant in percent. */
const MAX_SHARE = 10

/** `place` tells budgets with callbacks apart. Throws ValidationError INVALID_SCOPE, INVALID_TIMEZONE, INVALID_OPTION. */
export function checkBudget(budget: Budget, operation: string, place = 'checked'): CheckedBudget {
  const refuse = (field: string, message: string): ValidationError =>
    invalid(operation, 'INVALID_OPTION', field, message)
  knownOptions(operation, budget, FIELDS, 'budget')
  const { period, limitUsd, warnAt = DEFAULT_WARN_AT, onCrossing, webhook } = budget
  const scope = checkScope(budget.scope, operation)
  const { timezone, weekStart } = checkOptions(
    {
      ...(budget.timezone === undefined ? {} : { timezone: budget.timezone }),
      ...(budget.weekStart === undefined ? {} : { weekStart: budget.weekStart }),
    },
    operation,
  )
  if (!KNOWN_PERIODS.includes(period)) throw refuse('period', `is none of ${KNOWN_PERIODS.join(', ')}`)
  if (!isPositive(limitUsd)) throw refuse('limitUsd', 'is no amount above 0')
  if (!Array.isArray(warnAt) || !warnAt.every((share) => isPositive(share) && share <= MAX_SHARE)) {
    throw refuse('warnAt', `is no list of shares above 0 and up to ${MAX_SHARE}`)
  }
  if (onCrossing !== undefined && typeof onCrossing !== 'function') {
    throw refuse('onCrossing', 'is no function')
  }
  if (webhook !== undefined) checkWebhook(webhook, operation)
  return {
    scope,
    period,
    limitUsd,
    timezone,
    weekStart,
    shares: [...new Set([...warnAt, 1])].sort((a, b) => a - b),
    targets: [
      ...(onCrossing === undefined ? [] : [callbackOf(onCrossing, place)]),
      ...(webhook === undefined ? [] : [webhookOf(webhook)]),
    ],
  }
}

/** What it throws reaches the desk, which logs it; it was called. */
function callbackOf(onCrossing: (crossing: BudgetCrossing) => unknown, place: string): BudgetTarget {
  return {
    id: `callback-${place}`,
    async tell(crossing) {
      try {
        await onCrossing(crossing)
      } catch (error) {
        throw new CallbackError('the callback of a budget threw', { cause: error })
      }
    },
  }
}

/** It was called, and is not called again. */
export class CallbackError extends Error {}

function webhookOf(webhook: string): BudgetTarget {
  const hash = createHash('sha256').update(webhook).digest('hex').slice(0, 16)
  return { id: `webhook-${hash}`, tell: (crossing) => postCrossing(webhook, crossing) }
}

/** Standing budgets, as openLedger takes them. */
export function checkBudgets(budgets: unknown, operation: string): readonly CheckedBudget[] {
  if (budgets === undefined) return []
  if (!Array.isArray(budgets)) throw invalid(operation, 'INVALID_OPTION', 'budgets', 'is no list')
  return budgets.map((budget: unknown, place) => {
    if (!isBudget(budget)) throw invalid(operation, 'INVALID_OPTION', 'budgets', 'holds what is no budget')
    return checkBudget(budget, operation, String(place))
  })
}

/** Its fields are checked one by one. */
function isBudget(value: unknown): value is Budget {
  return isObject(value)
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}
