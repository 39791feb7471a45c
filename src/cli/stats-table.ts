/** Stats for people: the summary, the groups that were asked for, the models. */
import type { BreakdownRow, Measures, ModelStats, Percentiles, Project, Stats, Summary } from '../index.js'
import { localTime } from './local-time.js'
import { type Column, colors, count, milliseconds, percent, table, usd, usdOrUnpriced } from './style.js'
import { terminalText } from './terminal-text.js'

export interface StatsTableContext {
  /** That of the scope; undefined when it is global. */
  readonly project: Project | undefined
  /** IANA name that the times are shown in. */
  readonly timezone: string
}

/** Several lines, each table under a title. */
export function statsTable(stats: Stats, { project, timezone }: StatsTableContext): string {
  const models = Object.entries(stats.models).map(([name, model]) => ({ name, ...model }))
  const title = [colors.bold(terminalText(scopeTitle(stats, project))), periodText(stats, timezone)]
  const parts = [title.filter(Boolean).join('  '), summaryTable(stats.summary)]
  const groups = groupsOf(stats.breakdown)
  if (stats.breakdown.length > 0)
    parts.push(table(stats.breakdown, breakdownColumns(stats.breakdown, groups)))
  // Groups by model are this table already.
  const isByModel = groups.length === 1 && groups[0] === 'model'
  if (models.length > 0 && !isByModel) parts.push(table(models, modelColumns(models)))
  return parts.join('\n')
}

function scopeTitle({ scope }: Stats, project: Project | undefined): string {
  if (scope.type === 'global') return 'All projects'
  const name = project === undefined ? scope.projectId : `${project.name} (${project.slug}, ${project.id})`
  return scope.type === 'project' ? `Project ${name}` : `Chat ${scope.chatId} of project ${name}`
}

function periodText({ period: { from, to } }: Stats, timezone: string): string {
  if (from === null && to === null) return ''
  const [first, last] = [from, to].map((edge) => (edge === null ? '...' : localTime(edge, timezone)))
  return terminalText(`${first} to ${last} ${timezone}`)
}

function summaryTable(summary: Summary): string {
  const { integrity } = summary
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
    ['Average latency', averageText(summary)],
    ['  p50, p95, max', percentilesText(summary, ['p50', 'p95', 'max'])],
  ]
  if (summary.summarizedRequests > 0) rows.push(['Known by summary only', count(summary.summarizedRequests)])
  const { received, persisted, rejected, dropped, damaged } = integrity
  if (rejected + dropped > 0) {
    rows.push(
      ['Lines received', count(received)],
      ['  persisted', count(persisted)],
      ['  rejected, dropped', `${count(rejected)}, ${count(dropped)}`],
    )
  }
  if (damaged > 0) rows.push(['Damaged lines, files', count(damaged)])
  return table(rows, [
    { title: 'Summary', cell: ([name]) => name },
    { title: '', align: 'right', cell: ([, value]) => value },
  ])
}

type Latency = Pick<Measures, 'averageLatencyMs' | 'latencyMs'>

/** Without any latency the average of 0 would read as instant. */
function averageText(measures: Latency): string {
  return hasLatency(measures) ? milliseconds(measures.averageLatencyMs) : '-'
}

function percentilesText(measures: Latency, names: readonly (keyof Percentiles)[]): string {
  return hasLatency(measures) ? names.map((name) => milliseconds(measures.latencyMs[name])).join(', ') : '-'
}

function hasLatency({ averageLatencyMs, latencyMs }: Latency): boolean {
  return averageLatencyMs > 0 || latencyMs.max > 0
}

type Numbers = Omit<ModelStats, 'cost'>

/** What is unpriced is said beside the sum: it is not free. */
function costText({ estimatedCost, unpricedRequests }: Numbers): string {
  const isPart = unpricedRequests > 0 && estimatedCost !== 0
  const cost = usdOrUnpriced(estimatedCost, unpricedRequests)
  return isPart ? `${cost} + ${count(unpricedRequests)} unpriced` : cost
}

/** Requests that have not ended are in no other column: where there are any, they have their own. */
function numberColumns(rows: readonly Numbers[]): Column<Numbers>[] {
  const notEnded: Column<Numbers>[] = []
  if (rows.some((row) => row.pendingRequests > 0))
    notEnded.push({ title: 'Pending', align: 'right', cell: (row) => count(row.pendingRequests) })
  if (rows.some((row) => row.interruptedRequests > 0))
    notEnded.push({ title: 'Interrupted', align: 'right', cell: (row) => count(row.interruptedRequests) })
  return [
    { title: 'Requests', align: 'right', cell: (row) => count(row.requests) },
    { title: 'Failed', align: 'right', cell: (row) => count(row.failedRequests) },
    ...notEnded,
    { title: 'Tokens', align: 'right', cell: (row) => count(row.tokens) },
    { title: 'Cost', align: 'right', cell: costText },
    { title: 'Average', align: 'right', cell: averageText },
    { title: 'p95', align: 'right', cell: (row) => percentilesText(row, ['p95']) },
  ]
}

type NamedModel = ModelStats & { readonly name: string }

function modelColumns(models: readonly NamedModel[]): Column<NamedModel>[] {
  return [{ title: 'Model', cell: (row) => row.name }, ...numberColumns(models)]
}

/** A row's groups are what is neither a number nor percentiles. */
function groupsOf(rows: readonly BreakdownRow[]): readonly string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row).filter((name) => isGroup(row[name]))))]
}

function breakdownColumns(rows: readonly BreakdownRow[], groups: readonly string[]): Column<BreakdownRow>[] {
  return [
    ...groups.map((name) => ({
      title: groupTitle(name),
      cell: (row: BreakdownRow) => String(row[name] ?? '-'),
    })),
    ...numberColumns(rows),
  ]
}

function isGroup(value: unknown): boolean {
  return value === null || typeof value === 'string'
}

/** `Period`, `Request type`; the key of metadata stays as it is. */
function groupTitle(name: string): string {
  const words = name.startsWith('metadata.') ? name : name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
