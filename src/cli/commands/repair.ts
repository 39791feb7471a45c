import { relative } from 'node:path'
import { type Ledger, type RepairReport, toSnakeCase } from '../../index.js'
import { describe, errorJson } from '../failure.js'
import { type GlobalOptions, readWithoutPrices, workspacePath, writeWorkspace } from '../open-workspace.js'
import { complain, writeJson, writeLine } from '../output.js'
import { count, table } from '../style.js'
import { terminalText } from '../terminal-text.js'

export interface RepairCommandOptions extends GlobalOptions {
  readonly project?: string
  readonly dryRun?: boolean
}

/** Prints what was repaired, or would be. With damage that stays because of a writer or a failure the exit is 1. */
export async function repairCommand(options: RepairCommandOptions): Promise<void> {
  const { project, dryRun = false, json } = options
  const repair = async (ledger: Ledger): Promise<void> => {
    const projectId = project === undefined ? {} : { projectId: (await ledger.findProject(project)).id }
    const report = await ledger.repair({ ...projectId, dryRun })
    if (report.busy.length > 0 || report.problems.length > 0) process.exitCode = 1
    if (json) {
      const { problems, ...rest } = report
      await writeJson({ ...Object(toSnakeCase(rest)), problems: problems.map(errorJson) })
    } else await print(report, workspacePath(options))
  }
  if (dryRun) await readWithoutPrices(options, repair)
  else await writeWorkspace(options, { create: false, upkeep: false, needsPrices: false }, repair)
}

async function print({ files, busy, problems, dryRun }: RepairReport, workspace: string): Promise<void> {
  if (files.length === 0) {
    await writeLine(
      problems.length === 0 && busy.length === 0 ? 'Nothing to repair.' : 'Nothing was repaired.',
    )
  } else {
    await writeLine(
      table(files, [
        { title: dryRun ? 'Would be repaired' : 'Repaired', cell: ({ path }) => relative(workspace, path) },
        { title: 'Damaged', align: 'right', cell: ({ damaged }) => count(damaged) },
        { title: 'Saved', align: 'right', cell: ({ salvaged }) => count(salvaged) },
        { title: 'Intact', align: 'right', cell: ({ intact }) => count(intact) },
        {
          title: 'Kept as it was',
          cell: ({ original }) => (original === null ? '' : relative(workspace, original)),
        },
      ]),
    )
  }
  for (const path of busy) {
    const name = terminalText(relative(workspace, path))
    complain(`ledgerline: ${name} is damaged, and a process writes it: stop it, or have it rotate its logs`)
  }
  for (const problem of problems) {
    const { path, message } = problem
    const isNamed = path === undefined || message.includes(path)
    const where = isNamed ? '' : `${terminalText(relative(workspace, path))}: `
    complain(`ledgerline: ${where}${describe(problem)}`)
  }
}
