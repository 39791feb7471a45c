// The growth as a small SVG: time of the summary by entries, both axes logarithmic, for light and dark pages.
import { SYSTEMS } from './systems.mjs'

const [WIDTH, HEIGHT] = [820, 400]
const BOX = { left: 64, right: 548, top: 44, bottom: 348 }
/** Least distance between two names at the right, in pixels. */
const LINE_HEIGHT = 16
const UNITS = {
  0.1: '0.1 ms',
  1: '1 ms',
  10: '10 ms',
  100: '0.1 s',
  1000: '1 s',
  10000: '10 s',
  100000: '100 s',
}
const COUNTS = { 10000: '10 thousand', 100000: '100 thousand', 1000000: '1 million', 10000000: '10 million' }

/** Of lines and names, on a light page and on a dark one. */
const COLORS = {
  warm: ['#0b62c4', '#6cb2ff'],
  indexed: ['#0b62c4', '#6cb2ff'],
  cold: ['#0b62c4', '#6cb2ff'],
  'duckdb-parquet': ['#b45309', '#f5a524'],
  'duckdb-jsonl': ['#8a6d3b', '#cbb182'],
  clickhouse: ['#9d2b6b', '#f28cc0'],
  fold: ['#5b6472', '#a3acba'],
}
const colors = (side) =>
  Object.entries(COLORS)
    .map(([system, both]) => `.${system} { color: ${both[side]} }`)
    .join(' ')

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #3b4252 }
  .title { font-size: 14px; font-weight: 600 }
  .grid { stroke: #8a93a5; stroke-opacity: 0.3 }
  .line { fill: none; stroke: currentColor; stroke-width: 1.5 }
  .dot, .name { fill: currentColor }
  .own.line { stroke-width: 2.5 }
  .own.name { font-weight: 600 }
  .indexed.line { stroke-dasharray: 7 3 }
  .cold.line { stroke-dasharray: 2 3 }
  ${colors(0)}
  @media (prefers-color-scheme: dark) {
    text { fill: #cdd3de }
    .name { fill: currentColor }
    ${colors(1)}
  }`

/** `all` are the figures of the sizes, as measure.mjs gives them. */
export function chart(all) {
  const series = Object.entries(SYSTEMS).flatMap(([system, { title, module }]) => {
    const points = all.flatMap(({ entries, rows }) => {
      const ms = rows[system]?.questions.summary?.ms
      return ms === undefined ? [] : [{ entries, ms }]
    })
    const kind = module === 'ledgerline' ? `own ${system}` : system
    return points.length === 0 ? [] : [{ title, points, kind }]
  })
  const every = series.flatMap(({ points }) => points)
  const x = scale(
    every.map(({ entries }) => entries),
    BOX.left,
    BOX.right,
  )
  const y = scale(
    every.map(({ ms }) => ms),
    BOX.bottom,
    BOX.top,
  )
  const names = spread(series.map((one) => ({ ...one, y: y.place(one.points.at(-1).ms) })))
  const parts = [
    ...y.powers.map((power) => horizontal(y.place(power), UNITS[power] ?? `${power} ms`)),
    ...x.powers.map((power) => vertical(x.place(power), COUNTS[power] ?? String(power))),
    ...series.map((one) => drawn(one, x, y)),
    ...names.map(
      ({ kind, title, y: at }) =>
        `<text class="${kind} name" x="${BOX.right + 12}" y="${round(at + 4)}">${title}</text>`,
    ),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
<title>Time of the summary of the project that holds half, by entries of the ledger</title>
<style>${STYLE}
</style>
<text class="title" x="${BOX.left}" y="22">Summary with percentiles of the half of all entries</text>
${parts.join('\n')}
<text x="${(BOX.left + BOX.right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">entries in the ledger</text>
</svg>
`
}

/** From the power of ten at or below the least to that at or above the most. */
function scale(values, from, to) {
  const low = Math.floor(Math.log10(Math.min(...values)))
  const high = Math.max(Math.ceil(Math.log10(Math.max(...values))), low + 1)
  return {
    place: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
    powers: Array.from({ length: high - low + 1 }, (_, i) => Number(`1e${low + i}`)),
  }
}

function horizontal(y, text) {
  return `<line class="grid" x1="${BOX.left}" x2="${BOX.right}" y1="${round(y)}" y2="${round(y)}"/><text x="${BOX.left - 8}" y="${round(y + 4)}" text-anchor="end">${text}</text>`
}

function vertical(x, text) {
  return `<line class="grid" x1="${round(x)}" x2="${round(x)}" y1="${BOX.top}" y2="${BOX.bottom}"/><text x="${round(x)}" y="${BOX.bottom + 18}" text-anchor="middle">${text}</text>`
}

function drawn({ kind, points }, x, y) {
  const places = points.map(({ entries, ms }) => [round(x.place(entries)), round(y.place(ms))])
  const dots = places.map(([cx, cy]) => `<circle class="${kind} dot" cx="${cx}" cy="${cy}" r="3"/>`)
  return `<polyline class="${kind} line" points="${places.map((place) => place.join(',')).join(' ')}"/>${dots.join('')}`
}

/** Names that would overlap move down; then all up by what stands below the box. */
function spread(series) {
  const sorted = series.toSorted((a, b) => a.y - b.y)
  for (const [i, one] of sorted.entries()) if (i > 0) one.y = Math.max(one.y, sorted[i - 1].y + LINE_HEIGHT)
  const below = Math.max(0, (sorted.at(-1)?.y ?? 0) - BOX.bottom)
  return sorted.map((one) => ({ ...one, y: one.y - below }))
}

function round(pixels) {
  return Math.round(pixels * 10) / 10
}
