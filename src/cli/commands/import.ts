import { type ImportFormat, type ImportReport, importLogs, toSnakeCase } from '../../index.js'
import { complainOf, errorJson } from '../failure.js'
import { type GlobalOptions, readWorkspace, writeWorkspace } from '../open-workspace.js'
import { complain, writeJson, writeLine } from '../output.js'
import { byteProgress } from '../progress.js'
import { count, table, usdOrUnpriced } from '../style.js'
import { untilSignal } from '../until-signal.js'

export interface ImportCommandOptions extends GlobalOptions {
  readonly project: string
  readonly dryRun?: boolean
}

/** Prints what was imported, or would be. Files that could not be read are on standard error, and the exit is 1. */
export async function importCommand(
  format: ImportFormat,
  paths: readonly string[],
  options: ImportCommandOptions,
): Promise<void> {
  const { project, dryRun = false, json = false } = options
  const open: typeof readWorkspace = dryRun
    ? readWorkspace
    : (global, use) => writeWorkspace(global, { create: false }, use)
  await open(options, async (ledger) => {
    const projectId = (await ledger.findProject(project)).id
    const progress = await byteProgress()
    const onProgress = ({ bytes, totalBytes }: { bytes: number; totalBytes: number }): void =>
      progress.update(bytes, totalBytes)
    const report = await untilSignal((signal) =>
      importLogs(ledger, { format, projectId, paths, dryRun, signal, onProgress }),
    ).finally(progress.stop)
    const { problems, cancelled } = report
    if (json) await writeJson(toSnakeCase({ ...report, problems: problems.map(errorJson) }))
    else await print(report)
    for (const problem of problems) complainOf(problem, json)
    if (cancelled && !json) complain('ledgerline: the import was ended early; run it again to go on')
    if (problems.length > 0 || cancelled) process.exitCode = 1
  })
}

async function print(report: ImportReport): Promise<void> {
  const { files, records, bytes, newEntries, changedEntries, knownEntries, skipped, byModel, dryRun } = report
  await writeLine(`Read ${count(records)} records in ${count(files)} files, ${count(bytes)} bytes.`)
  const entries = `${count(newEntries)} new, ${count(changedEntries)} changed, ${count(knownEntries)} known`
  await writeLine(`${dryRun ? 'Would be imported' : 'Imported'}: ${entries}.`)
  if (skipped.length > 0) {
    const reasons = skipped.map(({ reason, records: each }) => `${reason} ${count(each)}`)
    await writeLine(`Skipped records: ${reasons.join(', ')}.`)
  }
  if (byModel.length === 0) return
  await writeLine(
    table(byModel, [
      { title: 'Model', cell: ({ model }) => model },
      { title: 'Entries', align: 'right', cell: (row) => count(row.entries) },
      { title: 'Prompt', align: 'right', cell: ({ promptTokens }) => count(promptTokens) },
      { title: 'Completion', align: 'right', cell: ({ completionTokens }) => count(completionTokens) },
      {
        title: 'Cost',
        align: 'right',
        cell: ({ cost, unpricedEntries }) => usdOrUnpriced(cost, unpricedEntries),
      },
      { title: 'Unpriced', align: 'right', cell: ({ unpricedEntries }) => count(unpricedEntries) },
    ]),
  )
}
