import {
  checkGroupBy,
  type Project,
  type StatsOptions,
  type StatsScope,
  toSnakeCase,
  type Weekday,
} from '../../index.js'
import { type Filter, filterOption } from '../filter-option.js'
import { type GlobalOptions, readWorkspace, sayUnreadable } from '../open-workspace.js'
import { writeJson, writeLine } from '../output.js'
import { statsTable } from '../stats-table.js'
import { UsageError } from '../usage-error.js'

export interface StatsCommandOptions extends GlobalOptions {
  readonly project?: string
  readonly chat?: string
  readonly from?: string
  readonly to?: string
  readonly groupBy?: string
  readonly filter?: Filter
  readonly timezone?: string
  readonly weekStart?: Weekday
  readonly repriced?: boolean
}

export async function statsCommand(options: StatsCommandOptions): Promise<void> {
  const { project: idOrSlug, chat, timezone = 'UTC' } = options
  if (chat !== undefined && idOrSlug === undefined) throw new UsageError('--chat needs --project')
  const question = statsOptions(options)
  await readWorkspace(options, async (ledger) => {
    const project = idOrSlug === undefined ? undefined : await ledger.findProject(idOrSlug)
    const stats = await ledger.getStats(scopeOf(project, chat), question)
    if (project === undefined) await sayUnreadable(ledger, options)
    if (options.json) await writeJson(toSnakeCase(stats))
    else await writeLine(statsTable(stats, { project, timezone }))
  })
}

function scopeOf(project: Project | undefined, chatId: string | undefined): StatsScope {
  if (project === undefined) return { type: 'global' }
  const { id: projectId } = project
  return chatId === undefined ? { type: 'project', projectId } : { type: 'chat', projectId, chatId }
}

function statsOptions(options: StatsCommandOptions): StatsOptions {
  const { from, to, groupBy, filter, timezone, weekStart, repriced } = options
  return {
    ...(from === undefined ? {} : { fromDate: from }),
    ...(to === undefined ? {} : { toDate: to }),
    ...(groupBy === undefined
      ? {}
      : {
          groupBy: checkGroupBy(
            'stats',
            groupBy.split(',').map((name) => name.trim()),
          ),
        }),
    ...filterOption(filter),
    ...(timezone === undefined ? {} : { timezone }),
    ...(weekStart === undefined ? {} : { weekStart }),
    ...(repriced === undefined ? {} : { repriced }),
  }
}
