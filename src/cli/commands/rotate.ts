import { findProject, type GlobalOptions, writeWorkspace } from '../open-workspace.js'
import { writeLine } from '../output.js'
import { count, table } from '../style.js'
import { reportUpkeep } from '../upkeep-report.js'

export interface RotateCommandOptions extends GlobalOptions {
  readonly project?: string
}

/** Prints what was closed. What could not be done is on standard error, and the exit is 1. */
export async function rotateCommand(options: RotateCommandOptions): Promise<void> {
  await writeWorkspace(options, { create: false, upkeep: false }, async (ledger) => {
    const { project } = options
    const projectId = project === undefined ? undefined : (await findProject(ledger, project)).id
    const result = await ledger.rotateLogs(projectId)
    await reportUpkeep(result, options, async ({ segments }) => {
      if (segments.length === 0) return writeLine('Nothing to close.')
      await writeLine(
        table(segments, [
          { title: 'Closed', cell: ({ segment }) => segment },
          { title: 'Bytes', align: 'right', cell: ({ bytes }) => count(bytes) },
          { title: 'Project', cell: (closed) => closed.projectId },
        ]),
      )
    })
  })
}
