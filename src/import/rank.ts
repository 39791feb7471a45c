/** Which of two states of one call counts. */

export interface Ranked {
  /** Epoch ms. */
  readonly endMs: number
  /** It says why the model stopped, so nothing of the answer was still to come. */
  readonly isFinished: boolean
}

/** A finished state over one that is not, then the later end, then what was read later. */
export function outranks(next: Ranked, before: Ranked): boolean {
  if (next.isFinished !== before.isFinished) return next.isFinished
  return next.endMs >= before.endMs
}

/** The same without the last: for copies of one state, of which files hold more than one. */
export function clearlyOutranks(next: Ranked, before: Ranked): boolean {
  return outranks(next, before) && !outranks(before, next)
}
