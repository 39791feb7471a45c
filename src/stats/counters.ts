/** The sums of one scope, exact in any order and when requests are taken back. */
import { TOTAL } from './chat-totals.js'
import type { CountedRequest } from './counted-request.js'
import type { StatsScope } from './stats-engine.js'
import { CARRY, picoOf, usdOf } from './usd.js'

/** The counters of a scope. Tokens, latency and cost are those of finished requests. */
export interface CachedStats {
  readonly scope: StatsScope
  readonly totalRequests: number
  readonly successfulRequests: number
  readonly failedRequests: number
  /** Started and not ended; also those whose process died. */
  readonly pendingRequests: number
  readonly totalTokens: number
  readonly promptTokens: number
  readonly completionTokens: number
  /** Over the requests that carry a latency, 0 when there are none. */
  readonly averageLatencyMs: number
  /** USD. */
  readonly estimatedCost: number
  readonly unpricedRequests: number
}

export class Counters {
  #successful = 0
  #failed = 0
  #pending = 0
  #prompt = 0
  #completion = 0
  #latencySum = 0
  #latencyCount = 0
  #costHigh = 0
  #costLow = 0
  #unpriced = 0

  /** `sign` 1 adds the request, -1 takes it back. */
  apply(request: CountedRequest, sign: 1 | -1): void {
    if (request.status === 'pending') {
      this.#pending += sign
      return
    }
    if (request.status === 'success') this.#successful += sign
    else this.#failed += sign
    this.#prompt += sign * request.prompt
    this.#completion += sign * request.completion
    if (request.latency !== undefined) {
      this.#latencySum += sign * request.latency
      this.#latencyCount += sign
    }
    if (request.cost !== undefined) this.#addCost(sign * picoOf(request.cost))
    else if (request.prompt + request.completion > 0) this.#unpriced += sign
  }

  /** Adds sums as chat-totals.ts has them. */
  add(sums: Float64Array, at: number): void {
    const sum = (place: number): number => sums[at + place] ?? 0
    this.#successful += sum(TOTAL.successful)
    this.#failed += sum(TOTAL.failed)
    this.#pending += sum(TOTAL.pending)
    this.#prompt += sum(TOTAL.prompt)
    this.#completion += sum(TOTAL.completion)
    this.#latencySum += sum(TOTAL.latencySum)
    this.#latencyCount += sum(TOTAL.latencyCount)
    this.#costHigh += sum(TOTAL.costHigh)
    this.#addCost(sum(TOTAL.cost))
    this.#unpriced += sum(TOTAL.unpriced)
  }

  merge(other: Counters): void {
    this.#successful += other.#successful
    this.#failed += other.#failed
    this.#pending += other.#pending
    this.#prompt += other.#prompt
    this.#completion += other.#completion
    this.#latencySum += other.#latencySum
    this.#latencyCount += other.#latencyCount
    this.#costHigh += other.#costHigh
    this.#addCost(other.#costLow)
    this.#unpriced += other.#unpriced
  }

  /** Both parts stay below what a double carries exactly. */
  #addCost(pico: number): void {
    const high = Math.trunc(pico / CARRY)
    const low = this.#costLow + pico - high * CARRY
    const carried = Math.trunc(low / CARRY)
    this.#costHigh += high + carried
    this.#costLow = low - carried * CARRY
  }

  read(scope: StatsScope): CachedStats {
    return {
      scope,
      totalRequests: this.#successful + this.#failed,
      successfulRequests: this.#successful,
      failedRequests: this.#failed,
      pendingRequests: this.#pending,
      totalTokens: this.#prompt + this.#completion,
      promptTokens: this.#prompt,
      completionTokens: this.#completion,
      averageLatencyMs: this.#latencyCount === 0 ? 0 : this.#latencySum / this.#latencyCount,
      estimatedCost: usdOf(this.#costLow, this.#costHigh),
      unpricedRequests: this.#unpriced,
    }
  }
}
