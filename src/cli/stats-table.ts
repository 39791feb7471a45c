/** Stats for people: the summary, the groups that were asked for, the models. */
import type { BreakdownRow, ModelStats, Stats, Summary } from '../index.js'
import { type Column, colors, count, milliseconds, percent, table, usd } from './style.js'

/** Several lines, each table under a title. */
export function statsTable(stats: Stats): string {
  const { from, to } = stats.period
  const models = Object.entries(stats.models).map(([name, model]) => ({ name, ...model }))
  const parts = [
    `${colors.bold(scopeTitle(stats))}${from === null && to === null ? '' : `  ${from ?? '...'} to ${to ?? '...'}`}`,
    summaryTable(stats.summary),
  ]
  if (stats.breakdown.length > 0) parts.push(table(stats.breakdown, breakdownColumns(stats.breakdown)))
  if (models.length > 0) parts.push(table(models, modelColumns))
  return parts.join('\n')
}

function scopeTitle({ scope }: Stats): string {
  switch (scope.type) {
    case 'global':
      return 'All projects'
    case 'project':
      return `Project ${scope.projectId}`
    case 'chat':
      return `Chat ${scope.chatId} of project ${scope.projectId}`
  }
}

function summaryTable(summary: Summary): string {
  const { latencyMs, integrity } = summary
  const rows: [string, string][] = [
    ['Requests', count(summary.totalRequests)],
    ['  successful', count(summary.successfulRequests)],
    ['  failed', `${count(summary.failedRequests)} (${percent(summary.errorRate)})`],
    ['  pending, interrupted', `${count(summary.pendingRequests)}, ${count(summary.interruptedRequests)}`],
    ['Tokens', count(summary.totalTokens)],
    ['  prompt', count(summary.promptTokens)],
    ['  completion', count(summary.completionTokens)],
    ['Estimated cost', usd(summary.estimatedCost)],
    ['  unpriced requests', count(summary.unpricedRequests)],
    ['Average latency', milliseconds(summary.averageLatencyMs)],
    ['  p50, p95, max', [latencyMs.p50, latencyMs.p95, latencyMs.max].map(milliseconds).join(', ')],
  ]
  if (integrity.damaged > 0) rows.push(['Damaged lines', count(integrity.damaged)])
  return table(rows, [
    { title: 'Summary', cell: ([name]) => name },
    { title: '', align: 'right', cell: ([, value]) => value },
  ])
}

type Numbers = Omit<ModelStats, 'cost'>

/** What is unpriced is said beside the sum: it is not free. */
function costText({ estimatedCost, unpricedRequests }: Numbers): string {
  if (unpricedRequests === 0) return usd(estimatedCost)
  return estimatedCost === 0 ? 'unpriced' : `${usd(estimatedCost)} + ${count(unpricedRequests)} unpriced`
}

const numberColumns: readonly Column<Numbers>[] = [
  { title: 'Requests', align: 'right', cell: (row) => count(row.requests) },
  { title: 'Failed', align: 'right', cell: (row) => count(row.failedRequests) },
  { title: 'Tokens', align: 'right', cell: (row) => count(row.tokens) },
  { title: 'Cost', align: 'right', cell: costText },
  { title: 'Average', align: 'right', cell: (row) => milliseconds(row.averageLatencyMs) },
  { title: 'p95', align: 'right', cell: (row) => milliseconds(row.latencyMs.p95) },
]

const modelColumns: readonly Column<ModelStats & { readonly name: string }>[] = [
  { title: 'Model', cell: (row) => row.name },
  ...numberColumns,
]

/** A row's groups are what is neither a number nor percentiles. */
function breakdownColumns(rows: readonly BreakdownRow[]): Column<BreakdownRow>[] {
  const names = new Set(rows.flatMap((row) => Object.keys(row).filter((name) => isGroup(row[name]))))
  return [
    ...[...names].map((name) => ({ title: name, cell: (row: BreakdownRow) => String(row[name] ?? '-') })),
    ...numberColumns,
  ]
}

function isGroup(value: unknown): boolean {
  return value === null || typeof value === 'string'
}
