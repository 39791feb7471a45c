import type {
  CleanupOptions,
  CleanupResult,
  Ledger,
  Project,
  RetentionOptions,
  RetiredLog,
} from '../../index.js'
import { type GlobalOptions, readWithoutPrices, writeWorkspace } from '../open-workspace.js'
import { writeLine } from '../output.js'
import { type Column, count, table } from '../style.js'
import { reportUpkeep } from '../upkeep-report.js'

export interface CleanupCommandOptions extends GlobalOptions, RetentionOptions {
  readonly project?: string
  readonly dryRun?: boolean
  readonly trustClock?: boolean
}

/** Prints what was deleted, or would be. What could not be done is on standard error, and the exit is 1. */
export async function cleanupCommand(options: CleanupCommandOptions): Promise<void> {
  const { dryRun = false } = options
  const clean = async (ledger: Ledger): Promise<void> => {
    const result = await ledger.cleanupOldLogs(await cleanupOptions(ledger, options))
    const projects = options.project === undefined ? await ledger.listProjects() : []
    await reportUpkeep(result, options, (done) => printRetired(done, dryRun, projects))
  }
  if (dryRun) await readWithoutPrices(options, clean)
  else await writeWorkspace(options, { create: false, upkeep: false, needsPrices: false }, clean)
}

async function cleanupOptions(ledger: Ledger, options: CleanupCommandOptions): Promise<CleanupOptions> {
  const { project, dryRun = false, trustClock = false } = options
  const { maxAgeDays, maxSegments, maxBytes, chatsMaxAgeDays } = options
  return {
    dryRun,
    trustClock,
    ...(project === undefined ? {} : { projectId: (await ledger.findProject(project)).id }),
    retention: {
      ...(maxAgeDays === undefined ? {} : { maxAgeDays }),
      ...(maxSegments === undefined ? {} : { maxSegments }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
      ...(chatsMaxAgeDays === undefined ? {} : { chatsMaxAgeDays }),
    },
  }
}

/** Names the project of each segment when there are several. */
async function printRetired(
  { segments }: CleanupResult,
  dryRun: boolean,
  projects: readonly Project[],
): Promise<void> {
  if (segments.length === 0) return writeLine('Nothing to delete.')
  const day = (instant: string | null): string => instant?.slice(0, 10) ?? ''
  const slugs = new Map(projects.map(({ id, slug }) => [id, slug]))
  const project: Column<RetiredLog> = {
    title: 'Project',
    cell: ({ projectId }) => slugs.get(projectId) ?? projectId,
  }
  await writeLine(
    table(segments, [
      { title: dryRun ? 'Would be deleted' : 'Deleted', cell: ({ segment }) => segment },
      ...(projects.length > 1 ? [project] : []),
      { title: 'Because of', cell: ({ reason }) => reason },
      { title: 'First', cell: ({ first }) => day(first) },
      { title: 'Last', cell: ({ last }) => day(last) },
      { title: 'Entries', align: 'right', cell: ({ entries }) => count(entries) },
      { title: 'Bytes', align: 'right', cell: ({ bytes }) => count(bytes) },
    ]),
  )
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0)
  await writeLine(
    `${count(segments.length)} segment${segments.length === 1 ? '' : 's'}, ${count(bytes)} bytes`,
  )
}
