/** Why spans were refused, in one short message for the log of the exporter. */
import type { Receipt } from './export-answer.js'

/** Reasons that are told. */
const MAX_REASONS = 5

export class Reasons {
  readonly #counts = new Map<string, number>()

  /** Reasons are ours and few; nothing of a span is in them. */
  constructor(reasons: Iterable<string> = []) {
    for (const reason of reasons) this.add(reason)
  }

  add(reason: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
  }

  receipt(): Receipt {
    const sorted = [...this.#counts].sort(([, one], [, other]) => other - one)
    const rejectedSpans = sorted.reduce((sum, [, count]) => sum + count, 0)
    const told = sorted.slice(0, MAX_REASONS).map(([reason, count]) => `${reason} (${count})`)
    const more = sorted.length > MAX_REASONS ? '; and other reasons' : ''
    return { rejectedSpans, errorMessage: rejectedSpans === 0 ? '' : `refused: ${told.join('; ')}${more}` }
  }
}
