/** The SDK's tries of one request, told from each other by the prompt: it is the same object in all of them. */
import { type Beginning, beginNow } from '../beginning.js'

/** An attempt that failed and was followed by another. */
export interface FailedAttempt {
  readonly http_status?: number
  readonly latency_ms: number
}

export interface Attempt {
  readonly beginning: Beginning
  readonly failed: readonly FailedAttempt[]
}

export class Retries {
  readonly #mayComeAgain = new WeakMap<object, Attempt>()

  /** A first attempt, or the one after the attempt of this prompt that failed. */
  begin(prompt: unknown): Attempt {
    const now = beginNow()
    const before = isObject(prompt) ? this.#mayComeAgain.get(prompt) : undefined
    if (before === undefined) return { beginning: now, failed: [] }
    return { ...before, beginning: { ...before.beginning, attemptAt: now.attemptAt } }
  }

  /** The SDK tries again what its error calls retryable, as often as the application wants. */
  failed(
    prompt: unknown,
    attempt: Attempt,
    httpStatus: number | undefined,
    logged: Promise<unknown> | undefined,
  ): void {
    if (!isObject(prompt)) return
    const latency = Math.round(performance.now() - attempt.beginning.attemptAt)
    const failed = { ...(httpStatus === undefined ? {} : { http_status: httpStatus }), latency_ms: latency }
    const beginning = logged === undefined ? attempt.beginning : { ...attempt.beginning, after: logged }
    this.#mayComeAgain.set(prompt, { beginning, failed: [...attempt.failed, failed] })
  }

  done(prompt: unknown): void {
    if (isObject(prompt)) this.#mayComeAgain.delete(prompt)
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
