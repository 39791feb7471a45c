// The figures as a table in Markdown.
import { SYSTEMS } from './systems.mjs'

const COLUMNS = [
  ['', (_, { system }) => SYSTEMS[system].title],
  ['entries/s', ({ rate }) => String(Math.round(rate))],
  ['min to max', ({ rates }) => rates.map(Math.round).join(' to ')],
  ['× limit', ({ rate }, { limit }) => ratio(rate, limit?.rate)],
  ['× pino async', ({ rate }, { pino }) => ratio(rate, pino?.rate)],
  ['CPU µs/entry', ({ cpu }) => cpu.toFixed(1)],
  ['CPU × limit', ({ cpu }, { limit }) => ratio(cpu, limit?.cpu)],
  ['ack p50', ({ p50 }) => milliseconds(p50, 'none')],
  ['ack p99', ({ p99 }) => milliseconds(p99, 'none')],
  ['loop p99', ({ loop }) => milliseconds(loop, '')],
  ['peak RSS', ({ rss }) => `+${Math.round(rss)} MiB`],
  ['bytes/line', ({ lineBytes }) => String(Math.round(lineBytes))],
]

/** A table of a Map of system to figures. */
export function table(figures) {
  const [limit, pino] = [figures.get('limit'), figures.get('pino-async')]
  const rows = [
    COLUMNS.map(([title]) => title),
    COLUMNS.map((_, i) => (i === 0 ? '---' : '--:')),
    ...[...figures].map(([system, own]) => COLUMNS.map(([, cell]) => cell(own, { system, limit, pino }))),
  ]
  return rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}

function ratio(value, base) {
  return base === undefined ? '' : (value / base).toFixed(2)
}

function milliseconds(value, absent) {
  // JSON has no undefined, and of nothing there is no percentile.
  return typeof value === 'number' ? `${value.toPrecision(2)} ms` : absent
}
