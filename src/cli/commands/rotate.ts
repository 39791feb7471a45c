import type { RotateResult } from '../../index.js'
import { type GlobalOptions, writeWorkspace } from '../open-workspace.js'
import { writeLine } from '../output.js'
import { count, table } from '../style.js'
import { reportUpkeep } from '../upkeep-report.js'

export interface RotateCommandOptions extends GlobalOptions {
  readonly project?: string
}

/** Prints what was closed, and what was done with it and with segments of before. What could not be done is on standard error, and the exit is 1. */
export async function rotateCommand(options: RotateCommandOptions): Promise<void> {
  await writeWorkspace(options, { create: false, upkeep: false, needsPrices: false }, async (ledger) => {
    const { project } = options
    const projectId = project === undefined ? undefined : (await ledger.findProject(project)).id
    const result = await ledger.rotateLogs(projectId)
    await reportUpkeep(result, options, print)
  })
}

async function print({ segments, sealed, compressed, deleted }: RotateResult): Promise<void> {
  if (segments.length + sealed + compressed + deleted === 0) return writeLine('Nothing to close.')
  if (segments.length > 0) {
    await writeLine(
      table(segments, [
        { title: 'Closed', cell: ({ segment }) => segment },
        { title: 'Bytes', align: 'right', cell: ({ bytes }) => count(bytes) },
        { title: 'Project', cell: ({ projectId }) => projectId },
      ]),
    )
  }
  const numbers = { Closed: segments.length, sealed, compressed, deleted }
  const said = Object.entries(numbers).map(([what, number]) => `${what} ${count(number)}`)
  await writeLine(`${said.join(', ')}.`)
}
