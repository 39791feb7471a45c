/** checkBudget and the standing budgets of a ledger. */
import { formatInstant } from '../../entry/timestamp.js'
import type { Budget, BudgetState, CheckedBudget } from './budget.js'
import { checkBudget } from './budget.js'
import type { Crossings } from './crossings.js'
import { periodsOf } from './running-period.js'
import { type Asked, Spending, type SpendingParts, type Spent, type SpentRequest } from './spending.js'
import { postCrossing } from './webhook.js'

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
      else this.#defer(this.#state(budget))
    }
  }

  async #state(budget: CheckedBudget): Promise<BudgetState> {
    const spent = await this.#keptOf(budget).spending.current()
    const state = stateOf(budget, spent)
    this.#cross(budget, state, spent)
    return state
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
    if (state.crossed.length === 0) return
    if (budget.onCrossing === undefined && budget.webhook === undefined) return
    const { told } = this.#keptOf(budget)
    for (const share of state.crossed) {
      const name = `${period.fromMs} ${budget.limitUsd} ${share}`
      if (told.has(name)) continue
      told.add(name)
      this.#defer(this.#parts.crossings.once(budget, period, share, () => this.#tell(budget, state, share)))
    }
  }

  async #tell(budget: CheckedBudget, state: BudgetState, reached: number): Promise<void> {
    const { onCrossing, webhook } = budget
    const crossing = { ...state, reached }
    const call = async (): Promise<unknown> => onCrossing?.(crossing)
    const told = [call(), webhook === undefined ? undefined : postCrossing(webhook, crossing)]
    // One that fails is reported at once: the other may be tried for a while.
    await Promise.all(
      told.map((each) =>
        each?.catch((error: unknown) =>
          this.#parts.report('a crossing of a budget could not be told', { error }),
        ),
      ),
    )
  }

  #defer(work: Promise<unknown>): void {
    this.#parts.defer(
      work.catch((error: unknown) => this.#parts.report('a budget could not be checked', { error })),
    )
  }
}

function stateOf(budget: CheckedBudget, { period, usd, unpriced }: Spent): BudgetState {
  const { limitUsd } = budget
  const share = usd / limitUsd
  return {
    scope: budget.scope,
    period: budget.period,
    from: instantOrNull(period.fromMs),
    to: instantOrNull(period.toMs),
    limitUsd,
    spentUsd: usd,
    remainingUsd: Math.max(0, limitUsd - usd),
    share,
    isOver: usd >= limitUsd,
    crossed: budget.shares.filter((reached) => share >= reached),
    unpricedRequests: unpriced,
  }
}

function instantOrNull(ms: number): string | null {
  return Number.isFinite(ms) ? formatInstant(ms) : null
}
