/** What a scope has spent in the period that runs: asked of the stats once, then counted as requests end. */

import type { StatsScope } from '../../stats/stats-engine.js'
import { PICO_PER_USD, picoOf } from '../../stats/usd.js'
import type { RunningPeriod } from './running-period.js'

/** A request that ended and that nothing had counted before. */
export interface SpentRequest {
  readonly projectId: string
  readonly chatId: string
  /** Epoch ms. */
  readonly startMs: number
  /** Tokens. */
  readonly prompt: number
  readonly completion: number
  /** USD; undefined when unpriced. */
  readonly cost: number | undefined
}

/** Of a scope and a range, by the stats. */
export interface Asked {
  readonly usd: number
  readonly unpriced: number
}

export interface SpendingParts {
  readonly scope: StatsScope
  /** The period that an instant lies in. */
  readonly periodOf: (ms: number) => RunningPeriod
  readonly ask: (scope: StatsScope, period: RunningPeriod) => Promise<Asked>
  /** Epoch ms. */
  readonly now: () => number
  /** What could not be asked anew; never throws. */
  readonly report: (error: unknown) => void
  /** Other processes' requests are looked for when the last look is so long ago. */
  readonly everyMs: number
}

export interface Spent extends Asked {
  readonly period: RunningPeriod
}

/** A question is asked again when requests ended meanwhile: they may be in its answer or not. */
const MAX_QUESTIONS = 3

export class Spending {
  readonly #parts: SpendingParts
  #period: RunningPeriod
  #asked: Asked | undefined
  #askedMs = Number.NEGATIVE_INFINITY
  #asking: Promise<void> | undefined
  /** Counted here since, in 1e-12 USD. */
  #pico = 0
  #unpriced = 0
  /** Requests that were counted here at all. */
  #requests = 0

  constructor(parts: SpendingParts) {
    this.#parts = parts
    this.#period = parts.periodOf(parts.now())
  }

  /** Undefined while it was never asked, or not for the period that runs. */
  get known(): Spent | undefined {
    if (this.#asked === undefined || !this.#runs(this.#parts.now())) return undefined
    return {
      period: this.#period,
      usd: this.#asked.usd + this.#pico / PICO_PER_USD,
      unpriced: this.#asked.unpriced + this.#unpriced,
    }
  }

  /** Nobody looked lately, whatever came of it; or somebody looks for the first time, whom others can join. */
  get isDue(): boolean {
    if (this.#asking !== undefined) return this.#asked === undefined
    const now = this.#parts.now()
    return !this.#runs(now) || Math.abs(now - this.#askedMs) >= this.#parts.everyMs
  }

  /** What others spent by now. */
  async look(): Promise<Spent | undefined> {
    await this.#refresh()
    return this.known
  }

  /** Rejects with what the first question of a period fails with. */
  async current(): Promise<Spent> {
    const known = this.known
    if (known === undefined) {
      await this.#refresh()
      return this.known ?? this.current()
    }
    if (this.isDue) {
      this.#refresh().catch((error: unknown) => this.#parts.report(error))
    }
    return known
  }

  take(request: SpentRequest): void {
    if (!this.#isOfScope(request)) return
    if (request.startMs < this.#period.fromMs || request.startMs > this.#period.toMs) return
    this.#requests += 1
    if (request.cost !== undefined) this.#pico += picoOf(request.cost)
    else if (request.prompt + request.completion > 0) this.#unpriced += 1
  }

  /** A request was logged again: what it cost before is in a sum. */
  forget(): void {
    this.#askedMs = Number.NEGATIVE_INFINITY
  }

  #isOfScope({ projectId, chatId }: SpentRequest): boolean {
    const { scope } = this.#parts
    if (scope.type === 'global') return true
    return scope.projectId === projectId && (scope.type === 'project' || scope.chatId === chatId)
  }

  /** False also when the clock was ahead and went back. */
  #runs(ms: number): boolean {
    return ms >= this.#period.fromMs && ms <= this.#period.toMs
  }

  #refresh(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #ask(): Promise<void> {
    const { scope, periodOf, ask, now } = this.#parts
    for (let question = 1; ; question++) {
      const at = now()
      if (!this.#runs(at)) {
        this.#period = periodOf(at)
        this.#asked = undefined
      }
      const before = { requests: this.#requests, pico: this.#pico, unpriced: this.#unpriced }
      this.#askedMs = at
      const asked = await ask(scope, this.#period)
      if (!this.#runs(now())) continue
      if (this.#requests !== before.requests && question < MAX_QUESTIONS) continue
      this.#asked = asked
      // Those that ended while the last question was answered may count twice until the next look, never not at all.
      this.#pico -= before.pico
      this.#unpriced -= before.unpriced
      return
    }
  }
}
