// The bounds that the stats are built to, on two cores at ten million entries.

/** Milliseconds of a warm answer. */
const WARM_MS = { summary: 5, days: 20, range: 25, chat: 10, global: 10 }
const TIMES_PARQUET = { summary: 20, days: 20 }
const AT = 10_000_000

/** Of the figures of one size, {text, holds} for each bound that they tell of; see measure.mjs. */
export function mustHold({ entries, bytes, rows, sums, index, working, doubling }) {
  const bounds = []
  const atMost = (what, value, bound, unit) =>
    bounds.push({
      holds: value <= bound,
      text: `${what}: ${short(value)}${unit}, at most ${short(bound)}${unit}`,
    })
  const { warm, indexed, cold, 'duckdb-parquet': parquet } = rows
  if (warm) {
    for (const [name, ms] of Object.entries(WARM_MS))
      atMost(`warm, ${name}`, warm.questions[name].ms, ms, ' ms')
    for (const [name, times] of parquet ? Object.entries(TIMES_PARQUET) : []) {
      const ratio = parquet.questions[name].ms / warm.questions[name].ms
      const text = `warm, ${name}: ${short(ratio)} times as fast as DuckDB on Parquet, at least ${times}`
      bounds.push({ holds: ratio >= times, text })
    }
    const resident = warm.rss / 2 ** 20
    atMost('resident memory after the warm questions', resident, 400, ' MiB')
  }
  if (doubling) {
    for (const [name, { single, double }] of Object.entries(doubling))
      atMost(
        `twice the entries in the same buckets, warm, ${name}`,
        100 * (double / single - 1),
        15,
        '% more',
      )
  }
  if (working) {
    const { here, elsewhere, counters, acks } = working
    atMost('one more entry, from this process', here.next - here.warm, 3, ' ms more')
    atMost('one more entry, from another process', elsewhere.next - elsewhere.warm, 3, ' ms more')
    atMost('a budget check by the live counters', Math.max(...Object.values(counters)), 5, ' µs')
    const bound = Math.max(2 * acks.idle.p99, 2)
    atMost('acknowledgement p99 while stats run (idle twice, or 2 ms)', acks.busy.p99, bound, ' ms')
  }
  if (sums && cold) {
    const ratio = (name, sum) => cold.questions[name].ms / sum
    atMost("cold without index, summary, to DuckDB's typed sum", ratio('summary', sums.half), 1.3, '')
    atMost("cold without index, global, to DuckDB's typed sum", ratio('global', sums.all), 1.3, '')
  }
  if (index && index.files === 0)
    bounds.push({ holds: false, text: 'an index beside the journal: there is none' })
  else if (index) {
    if (sums) atMost("building the index, to DuckDB's typed sum", index.buildMs / sums.all, 2, '')
    atMost('index to JSONL', (100 * index.bytes) / bytes, 5, '%')
    if (indexed) atMost('opened with index, first answer', slowest(indexed), 1000, ' ms')
  }
  const isFull = entries >= AT
  return { title: isFull ? 'Must hold' : `Must hold at ten million, here with ${entries} entries`, bounds }
}

function slowest({ questions }) {
  return Math.max(...Object.values(questions).map(({ ms }) => ms))
}

function short(value) {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}
