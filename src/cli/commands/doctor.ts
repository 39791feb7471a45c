import { type Integrity, type Ledger, nearestPricedModels, PRICE_BOOK, toSnakeCase } from '../../index.js'
import { type GlobalOptions, readWorkspace, sayUnreadable } from '../open-workspace.js'
import { writeJson, writeLine } from '../output.js'
import { count, table } from '../style.js'

export interface DoctorCommandOptions extends GlobalOptions {
  readonly project?: string
}

interface UnpricedModel {
  readonly model: string
  /** Those that were logged without a price, and their tokens. */
  readonly requests: number
  readonly tokens: number
  /** By the prices of today. */
  readonly unpricedToday: number
  /** Names of the price book. */
  readonly nearest: readonly string[]
}

interface Findings {
  readonly unpriced: readonly UnpricedModel[]
  readonly estimatedUsageRequests: number
  readonly interruptedRequests: number
  readonly integrity: Integrity
}

/** Prints what is odd, models without a price first. */
export async function doctorCommand(options: DoctorCommandOptions): Promise<void> {
  const { project: idOrSlug } = options
  await readWorkspace(options, async (ledger) => {
    const project = idOrSlug === undefined ? undefined : await ledger.findProject(idOrSlug)
    const findings = await examine(ledger, project?.id)
    if (project === undefined) await sayUnreadable(ledger, options)
    if (options.json) await writeJson(toSnakeCase(findings))
    else await print(findings)
  })
}

async function examine(ledger: Ledger, projectId: string | undefined): Promise<Findings> {
  const scope =
    projectId === undefined ? ({ type: 'global' } as const) : ({ type: 'project', projectId } as const)
  const { summary } = await ledger.getStats(scope)
  return {
    unpriced: summary.unpricedRequests === 0 ? [] : await unpricedModels(ledger, projectId),
    estimatedUsageRequests: summary.estimatedUsageRequests,
    interruptedRequests: summary.interruptedRequests,
    integrity: summary.integrity,
  }
}

/** Of a model only some requests may have no price: the stats count those, and not their tokens. */
const UNPRICED = `
  SELECT model, count(*) AS requests, sum(total_tokens)::DOUBLE AS tokens FROM llm_requests
  WHERE status <> 'pending' AND cost IS NULL AND total_tokens > 0
  GROUP BY model ORDER BY requests DESC, model`

/** A name is compared with all of the book, which takes 10 ms. */
const MAX_NEAREST = 100

async function unpricedModels(ledger: Ledger, projectId: string | undefined): Promise<UnpricedModel[]> {
  const scope =
    projectId === undefined ? ({ type: 'global' } as const) : ({ type: 'project', projectId } as const)
  const today = await ledger.getStats(scope, { repriced: true })
  await using rows = await ledger.query(UNPRICED, projectId === undefined ? {} : { projectId })
  const models: UnpricedModel[] = []
  for await (const [name, requests, tokens] of rows) {
    const model = name === null || name === undefined ? '' : String(name)
    const found = Object.hasOwn(today.models, model) ? today.models[model] : undefined
    const unpricedToday = found?.unpricedRequests ?? Number(requests)
    models.push({
      model,
      requests: Number(requests),
      tokens: Number(tokens),
      unpricedToday,
      nearest: unpricedToday === 0 || models.length >= MAX_NEAREST ? [] : await nearestPricedModels(model),
    })
  }
  return models
}

async function print(findings: Findings): Promise<void> {
  const { unpriced, estimatedUsageRequests, interruptedRequests, integrity } = findings
  const lines: string[] = []
  if (unpriced.length > 0) {
    await writeLine(unpricedTable(unpriced))
    lines.push(`The price book is that of ${PRICE_BOOK.date}; docs/prices.md says how to give a price.`)
  }
  const { rejected, dropped, damaged, recovered } = integrity
  const counts: readonly (readonly [number, string])[] = [
    [estimatedUsageRequests, 'Requests whose tokens the provider did not count'],
    [interruptedRequests, 'Requests that never ended, of processes that are gone'],
    [rejected, 'Entries that were refused'],
    [dropped, 'Entries that a capture gave up or the proxy could not log; logs/system.jsonl says why'],
    [damaged, 'Damaged lines or files, which ledgerline verify names'],
    [recovered, 'Torn ends of files that were fenced off'],
  ]
  lines.push(...counts.filter(([found]) => found > 0).map(([found, what]) => `${what}: ${count(found)}`))
  if (lines.length === 0) lines.push('Nothing is odd.')
  for (const line of lines) await writeLine(line)
}

/** A name that the book has is no typing mistake. */
function nearestText({ model, nearest }: UnpricedModel): string {
  if (nearest.includes(model)) return 'known, without a price at this provider or service tier'
  return nearest.join(', ') || '-'
}

function unpricedTable(models: readonly UnpricedModel[]): string {
  return table(models, [
    { title: 'Unpriced model', cell: ({ model }) => model },
    { title: 'Requests', align: 'right', cell: ({ requests }) => count(requests) },
    { title: 'Tokens', align: 'right', cell: ({ tokens }) => count(tokens) },
    { title: 'Unpriced today', align: 'right', cell: ({ unpricedToday }) => count(unpricedToday) },
    { title: 'Nearest names', cell: nearestText },
  ])
}
