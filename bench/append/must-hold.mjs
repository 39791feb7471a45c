// The bounds that the append path is built to, at 200 B and 256 in flight.
const BOUNDS = [
  ['os', 'rate', 'at least', 0.6, 'limit'],
  ['os', 'rate', 'at least', 2.5, 'pino-async'],
  ['os', 'rate', 'at least', 2.5, 'pino-unheld'],
  ['fsync', 'rate', 'at least', 0.45, 'limit'],
  ['os', 'cpu', 'at most', 1.7, 'limit'],
]

/** One line a bound that the figures tell of: `pass` or `FAIL`, by the medians. */
export function mustHold(figures) {
  return BOUNDS.flatMap(([system, measure, direction, bound, base]) => {
    const [own, other] = [figures.get(system), figures.get(base)]
    if (own === undefined || other === undefined) return []
    const ratio = own[measure] / other[measure]
    const holds = direction === 'at least' ? ratio >= bound : ratio <= bound
    const what = measure === 'cpu' ? 'CPU an entry' : 'rate'
    // Other work on the machine can only slow a round down, so the best ones are the least disturbed.
    const best = measure === 'rate' ? ` (best rounds: ${(own.rates[1] / other.rates[1]).toFixed(2)})` : ''
    return [
      `${holds ? 'pass' : 'FAIL'}: ${what} of ${system} is ${direction} ${bound} x ${base}: ${ratio.toFixed(2)}${best}`,
    ]
  })
}
