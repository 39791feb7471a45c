import {
  type Ledger,
  type ModelStats,
  type Stats,
  type StatsOptions,
  type StatsScope,
  toSnakeCase,
} from '../../index.js'
import { type GlobalOptions, readWorkspace, sayUnreadable } from '../open-workspace.js'
import { writeJson, writeLine } from '../output.js'
import { count, table, usd, usdOrUnpriced } from '../style.js'
import { UsageError } from '../usage-error.js'

export interface RepriceCommandOptions extends GlobalOptions {
  readonly dryRun?: boolean
  readonly project?: string
  readonly from?: string
  readonly to?: string
}

/** USD. */
interface Repriced {
  readonly requests: number
  readonly charged: number
  readonly today: number
  readonly difference: number
  readonly unpricedBefore: number
  readonly unpricedToday: number
}

/** Prints both costs of each model, and of all. Writes nothing, and does not pretend to. */
export async function repriceCommand(options: RepriceCommandOptions): Promise<void> {
  const { dryRun = false, project: idOrSlug, from, to } = options
  if (!dryRun) {
    throw new UsageError(
      'the log is append-only, so that reprice changes nothing: add --dry-run, or ask for stats --repriced',
    )
  }
  const range = {
    ...(from === undefined ? {} : { fromDate: from }),
    ...(to === undefined ? {} : { toDate: to }),
  }
  await readWorkspace(options, async (ledger) => {
    const project = idOrSlug === undefined ? undefined : await ledger.findProject(idOrSlug)
    const scope: StatsScope =
      project === undefined ? { type: 'global' } : { type: 'project', projectId: project.id }
    const { charged, today } = await askBoth(ledger, scope, range)
    const models = Object.entries(charged.models).map(([model, before]): [string, Repriced] => [
      model,
      repriced(before, today.models[model] ?? before),
    ])
    const total = repriced(charged.summary, today.summary)
    if (project === undefined) await sayUnreadable(ledger, options)
    const answer = { dryRun, models: Object.fromEntries(models), total }
    if (options.json) await writeJson(toSnakeCase(answer))
    else await print(models, total)
  })
}

const MAX_TRIES = 3

/** Asked again when requests ended between the two. */
async function askBoth(
  ledger: Ledger,
  scope: StatsScope,
  range: StatsOptions,
): Promise<{ charged: Stats; today: Stats }> {
  for (let tries = 1; ; tries++) {
    const today = await ledger.getStats(scope, { ...range, repriced: true })
    const charged = await ledger.getStats(scope, range)
    const isSame = today.summary.integrity.persisted === charged.summary.integrity.persisted
    if (isSame || tries === MAX_TRIES) return { charged, today }
  }
}

type Costs = Pick<ModelStats, 'totalRequests' | 'estimatedCost' | 'unpricedRequests'>

function repriced(before: Costs, after: Costs): Repriced {
  return {
    requests: before.totalRequests,
    charged: before.estimatedCost,
    today: after.estimatedCost,
    // The noise of the float is below 1e-12 USD.
    difference: Math.round((after.estimatedCost - before.estimatedCost) * 1e12) / 1e12,
    unpricedBefore: before.unpricedRequests,
    unpricedToday: after.unpricedRequests,
  }
}

async function print(models: readonly [string, Repriced][], total: Repriced): Promise<void> {
  if (models.length === 0) return writeLine('No requests.')
  await writeLine(
    table(
      [...models, ['All', total] as const],
      [
        { title: 'Model', cell: ([model]) => model },
        { title: 'Requests', align: 'right', cell: ([, { requests }]) => count(requests) },
        {
          title: 'Charged',
          align: 'right',
          cell: ([, model]) => usdOrUnpriced(model.charged, model.unpricedBefore),
        },
        {
          title: 'Today',
          align: 'right',
          cell: ([, model]) => usdOrUnpriced(model.today, model.unpricedToday),
        },
        { title: 'Difference', align: 'right', cell: ([, model]) => differenceText(model) },
        { title: 'Unpriced', align: 'right', cell: ([, { unpricedBefore }]) => count(unpricedBefore) },
        { title: 'Unpriced today', align: 'right', cell: ([, { unpricedToday }]) => count(unpricedToday) },
      ],
    ),
  )
}

/** None where it is not known what they cost today. */
function differenceText({ today, difference, unpricedToday }: Repriced): string {
  const isUnknown = today === 0 && unpricedToday > 0
  return isUnknown ? '-' : usd(difference)
}
