// The figures of one size as Markdown.
import { mustHold } from './must-hold.mjs'
import { QUESTIONS } from './questions.mjs'
import { SYSTEMS } from './systems.mjs'

/** The tables of a size, and what must hold. */
export function sectionOf(figures) {
  const { entries, bytes } = figures
  const { title, bounds } = mustHold(figures)
  const held = bounds.map(({ holds, text }) => `- ${holds ? 'reached' : 'NOT REACHED'}: ${text}\n`)
  const heading = `### ${entries.toLocaleString('en')} entries, ${(bytes / 1e9).toFixed(1)} GB (${Math.round(bytes / entries)} B a line)`
  return `${heading}\n\n${answersTable(figures)}\n${otherTable(figures)}\n${title}:\n\n${held.join('')}`
}

/** Each cell: the time, and what multiple it is of Ledgerline's warm one. */
function answersTable({ rows }) {
  const names = Object.keys(QUESTIONS)
  const lines = Object.entries(SYSTEMS).flatMap(([system, { title }]) => {
    const row = rows[system]
    if (row === undefined) return []
    const cells = names.map((name) => {
      const [own, warm] = [row.questions[name]?.ms, rows.warm?.questions[name].ms]
      if (own === undefined) return 'not asked'
      return system === 'warm' || warm === undefined ? time(own) : `${time(own)} (× ${multiple(own / warm)})`
    })
    const times = names.flatMap((name) => row.questions[name]?.times ?? [])
    const often =
      Math.min(...times) === Math.max(...times) ? times[0] : `${Math.min(...times)} to ${Math.max(...times)}`
    return [
      [title, ...cells, String(often), `${Math.round(row.rss / 2 ** 20)}, ${Math.round(row.peak / 2 ** 20)}`],
    ]
  })
  return tableOf(['', ...names, 'asked, times', 'RSS and its peak, MiB'], lines)
}

function otherTable({ bytes, madePerSecond, prepared, sums, index, working, doubling, rows }) {
  const lines = [['made, lines a second', String(madePerSecond)]]
  const add = (what, text) => lines.push([what, text])
  if (rows.cold) add('openLedger, opened without index and counters', time(rows.cold.openMs))
  if (rows.indexed) add('openLedger, opened with its index', time(rows.indexed.openMs))
  if (sums) add("DuckDB's typed sum, the half and all", `${time(sums.half)}, ${time(sums.all)}`)
  for (const [system, files] of Object.entries(prepared))
    add(`bytes of ${SYSTEMS[system].title}, of the JSONL's`, share(files.bytes, bytes))
  if (index) {
    add("bytes of the index, of the JSONL's", index.files === 0 ? 'no index' : share(index.bytes, bytes))
    add('first answer of everything without index', time(index.firstMs))
    add('index of everything complete', index.files === 0 ? 'no index' : time(index.buildMs))
  }
  if (working) {
    const { here, elsewhere, counters, acks } = working
    for (const [name, { warm, next, times }] of Object.entries({ this: here, another: elsewhere }))
      add(
        `the answer behind one more entry from ${name} process`,
        `${time(next)}, before ${time(warm)} (${times} times)`,
      )
    const calls = Object.entries(counters).map(([scope, us]) => `${us.toFixed(2)} µs (${scope})`)
    add('getCachedStats, 100,000 calls', calls.join(', '))
    for (const [name, { p50, p99, loop, calls: logged, answers }] of Object.entries(acks)) {
      const text = `${time(p50)}, ${time(p99)}; ${time(loop)}; ${logged} calls`
      const what = `acknowledgement p50, p99; event loop p99; ${name === 'idle' ? 'idle' : 'while stats run'}`
      add(what, name === 'idle' ? text : `${text}, ${answers} answers`)
    }
  }
  for (const [name, { single, double }] of Object.entries(doubling ?? {}))
    add(`warm with twice the entries in the same buckets, ${name}`, `${time(single)} to ${time(double)}`)
  return tableOf(['', ''], lines)
}

function tableOf(head, lines) {
  const rule = head.map((_, i) => (i === 0 ? '---' : '--:'))
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}

function time(ms) {
  if (ms >= 1000) return `${ms >= 10_000 ? Math.round(ms / 1000) : (ms / 1000).toFixed(1)} s`
  return ms >= 100 ? `${Math.round(ms)} ms` : `${Number(ms.toPrecision(2))} ms`
}

function multiple(ratio) {
  return ratio >= 10 ? String(Math.round(ratio)) : String(Number(ratio.toPrecision(2)))
}

function share(bytes, whole) {
  return `${((100 * bytes) / whole).toFixed(2)}% (${(bytes / 1e6).toFixed(1)} MB)`
}
