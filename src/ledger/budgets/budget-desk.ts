/** checkBudget and the standing budgets of a ledger. */
import { formatInstant } from '../../entry/timestamp.js'
import { PICO_PER_USD, picoOf } from '../../stats/usd.js'
import {
  type Budget,
  type BudgetState,
  type BudgetTarget,
  CallbackError,
  type CheckedBudget,
  checkBudget,
} from './budget.js'
import type { Crossings } from './crossings.js'
import { periodsOf, type RunningPeriod } from './running-period.js'
import { type Asked, Spending, type SpendingParts, type Spent, type SpentRequest } from './spending.js'

export interface BudgetDeskParts {
  readonly standing: readonly CheckedBudget[]
  readonly crossings: Crossings
  readonly ask: SpendingParts['ask']
  readonly now: () => number
  /** To the system log; never throws. */
  readonly report: (message: string, context: Readonly<Record<string, unknown>>) => void
  /** Work that close() waits for. */
  readonly defer: (work: Promise<unknown>) => void
}

/** So old may be what this process knows of the requests of others. */
const EVERY_MS = 5_000
/** Below every price of a token. */
const EXACT_USD = 1e-12
/** Sums that are kept; checks of more budgets than that ask the stats again. */
const MAX_SPENDINGS = 1_000

interface Kept {
  readonly spending: Spending
  /** Shares that this process told or found told, by the period's start and budget. */
  readonly told: Set<string>
}

export class BudgetDesk {
  readonly #parts: BudgetDeskParts
  readonly #kept = new Map<string, Kept>()

  constructor(parts: BudgetDeskParts) {
    this.#parts = parts
  }

  /** As Ledger.checkBudget says. */
  check(budget: Budget, operation: string): Promise<BudgetState> {
    return this.#state(checkBudget(budget, operation))
  }

  list(): Promise<BudgetState[]> {
    return Promise.all(this.#parts.standing.map((budget) => this.#state(budget)))
  }

  /** A request ended; `isFirstEnd` is false when it had ended before. Never throws. */
  ended(request: SpentRequest, isFirstEnd: boolean): void {
    for (const { spending } of this.#kept.values()) {
      if (isFirstEnd) spending.take(request)
      else spending.forget()
    }
    for (const budget of this.#parts.standing) {
      const { spending } = this.#keptOf(budget)
      const known = spending.known
      if (known !== undefined && isFirstEnd) this.#cross(budget, stateOf(budget, known), known)
      if (spending.isDue) this.#defer(this.#look(budget))
    }
  }

  async #state(budget: CheckedBudget): Promise<BudgetState> {
    const spent = await this.#keptOf(budget).spending.current()
    const state = stateOf(budget, spent)
    this.#cross(budget, state, spent)
    return state
  }

  async #look(budget: CheckedBudget): Promise<void> {
    const spent = await this.#keptOf(budget).spending.look()
    if (spent !== undefined) this.#cross(budget, stateOf(budget, spent), spent)
  }

  #keptOf(budget: CheckedBudget): Kept {
    const { scope, period, timezone, weekStart } = budget
    const key = JSON.stringify([scope, period, timezone, weekStart])
    let kept = this.#kept.get(key)
    if (kept === undefined) {
      const [oldest] = this.#kept.keys()
      if (this.#kept.size >= MAX_SPENDINGS && oldest !== undefined) this.#kept.delete(oldest)
      kept = { spending: this.#spendingOf(budget), told: new Set() }
      this.#kept.set(key, kept)
    }
    return kept
  }

  #spendingOf(budget: CheckedBudget): Spending {
    const { ask, now, report } = this.#parts
    return new Spending({
      scope: budget.scope,
      periodOf: periodsOf(budget),
      ask: (scope, period): Promise<Asked> => ask(scope, period),
      now,
      everyMs: EVERY_MS,
      report: (error) => report('what a budget has spent could not be looked up again', { error }),
    })
  }

  #cross(budget: CheckedBudget, state: BudgetState, { period }: Spent): void {
    if (state.crossed.length === 0 || budget.targets.length === 0) return
    const { told } = this.#keptOf(budget)
    for (const reached of state.crossed) {
      for (const target of budget.targets) {
        const name = `${period.fromMs} ${budget.limitUsd} ${reached} ${target.id}`
        if (told.has(name)) continue
        told.add(name)
        const telling = this.#tell(budget, state, { period, reached, target })
        this.#defer(telling.catch((error: unknown) => this.#retryLater(told, name, error)))
      }
    }
  }

  #tell(
    budget: CheckedBudget,
    state: BudgetState,
    { period, reached, target }: { period: RunningPeriod; reached: number; target: BudgetTarget },
  ): Promise<void> {
    return this.#parts.crossings.once(budget, period, `${reached}.${target.id}`, async () => {
      try {
        await target.tell({ ...state, reached })
      } catch (error) {
        if (!(error instanceof CallbackError)) throw error
        this.#parts.report(error.message, { error: error.cause })
      }
    })
  }

  /** When the next request ends, or the budget is checked. */
  #retryLater(told: Set<string>, name: string, error: unknown): void {
    told.delete(name)
    this.#parts.report('a crossing of a budget could not be told yet', { error })
  }

  #defer(work: Promise<unknown>): void {
    this.#parts.defer(
      work.catch((error: unknown) => this.#parts.report('a budget could not be checked', { error })),
    )
  }
}

function stateOf(budget: CheckedBudget, { period, usd: sum, unpriced }: Spent): BudgetState {
  const { limitUsd } = budget
  const usd = exact(sum)
  const share = usd / limitUsd
  return {
    scope: budget.scope,
    period: budget.period,
    from: instantOrNull(period.fromMs),
    to: instantOrNull(period.toMs),
    limitUsd,
    spentUsd: usd,
    remainingUsd: exact(Math.max(0, limitUsd - usd)),
    share,
    isOver: usd >= limitUsd,
    // 2.4 of 3 are 0.8, whatever the quotient of the doubles is.
    crossed: budget.shares.filter((reached) => usd >= limitUsd * reached - EXACT_USD),
    unpricedRequests: unpriced,
  }
}

function instantOrNull(ms: number): string | null {
  return Number.isFinite(ms) ? formatInstant(ms) : null
}

/** Without the noise of doubles below 1e-12 USD. */
function exact(usd: number): number {
  return picoOf(usd) / PICO_PER_USD
}
