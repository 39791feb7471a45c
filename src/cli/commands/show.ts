import { NotFoundError } from '../../index.js'
import { type GlobalOptions, readWithoutPrices } from '../open-workspace.js'
import { writeJson, writeLine } from '../output.js'
import { colors } from '../style.js'
import { terminalJson, terminalText } from '../terminal-text.js'

export interface ShowCommandOptions extends GlobalOptions {
  readonly project?: string
}

export async function showCommand(id: string, options: ShowCommandOptions): Promise<void> {
  await readWithoutPrices(options, async (ledger) => {
    const { project } = options
    const scope = project === undefined ? {} : { projectId: (await ledger.findProject(project)).id }
    const { entries } = await ledger.getLLMRequestLogs({ ...scope, id, limit: 1 })
    const entry = entries[0]
    if (entry === undefined) {
      throw new NotFoundError('REQUEST_NOT_FOUND', `no entry has the id ${JSON.stringify(id)}`, {
        operation: 'show',
      })
    }
    if (options.json) {
      await writeJson(entry)
      return
    }
    for (const [name, value] of Object.entries(entry)) {
      const shown = typeof value === 'string' ? terminalText(value) : terminalJson(value)
      await writeLine(`${colors.bold(terminalText(name))}: ${shown}`)
    }
  })
}
