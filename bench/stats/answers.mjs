// An answer in the form that all systems are compared in, and whether two of them are equal.

/** Counted exactly. */
export const COUNTS = ['requests', 'success', 'failed', 'prompt', 'completion', 'cacheRead']
export const SHARES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 }
const MONEY = 1e-6
const AVERAGE = 1e-6
const PERCENTILE = 0.01

/*
 * An answer is a list of rows [key, measures], the key '' or `<day> <model>`, in order of the key. The measures are COUNTS,
 * `cost`, `averageLatency`, and `latency` and `firstToken` as {p50, p90, p95, p99, max}, in USD and milliseconds.
 * A percentile of the reference is [the rank before it, itself, the rank behind it].
 */

/**
 * What is wrong with an answer, or undefined. Counts are equal, money and averages to a millionth, percentiles within 1%
 * of the nearest rank; or, with `besideRank`, of a rank beside it: some engines define a quantile so.
 */
export function difference(answer, reference, besideRank = false) {
  if (answer.length !== reference.length) return `${answer.length} rows instead of ${reference.length}`
  for (const [i, [key, expected]] of reference.entries()) {
    const [ownKey, own] = answer[i]
    if (ownKey !== key) return `row ${i} is ${ownKey} instead of ${key}`
    const wrong = differenceOfRow(own, expected, besideRank)
    if (wrong !== undefined) return `${key === '' ? '' : `${key}: `}${wrong}`
  }
  return undefined
}

function differenceOfRow(own, expected, besideRank) {
  const differs = (name, value, right) => `${name} is ${value} instead of ${right}`
  for (const name of COUNTS) if (own[name] !== expected[name]) return differs(name, own[name], expected[name])
  if (!(Math.abs(own.cost - expected.cost) <= MONEY)) return differs('cost', own.cost, expected.cost)
  const average = expected.averageLatency
  if (!(Math.abs(own.averageLatency - average) <= AVERAGE * Math.max(1, average)))
    return differs('averageLatency', own.averageLatency, average)
  for (const measure of ['latency', 'firstToken']) {
    const max = expected[measure].max
    if (own[measure].max !== max) return differs(`${measure}.max`, own[measure].max, max)
    for (const name of Object.keys(SHARES)) {
      const [before, exact, behind] = expected[measure][name]
      const [low, high] = besideRank ? [before, behind] : [exact, exact]
      const value = own[measure][name]
      if (!(value >= low * (1 - PERCENTILE) && value <= high * (1 + PERCENTILE)))
        return differs(`${measure}.${name}`, value, exact)
    }
  }
  return undefined
}
