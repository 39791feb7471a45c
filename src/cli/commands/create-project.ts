import { toSnakeCase } from '../../index.js'
import { type GlobalOptions, writeWorkspace } from '../open-workspace.js'
import { writeJson, writeLine } from '../output.js'

export interface CreateProjectOptions extends GlobalOptions {
  readonly defaultModel?: string
}

/** Prints the id alone, so that a script can take it. */
export async function createProjectCommand(name: string, options: CreateProjectOptions): Promise<void> {
  await writeWorkspace(options, { create: true, needsPrices: false }, async (ledger) => {
    const { defaultModel } = options
    const project = await ledger.createProject({
      name,
      ...(defaultModel === undefined ? {} : { defaultModel }),
    })
    if (options.json) await writeJson(toSnakeCase(project))
    else await writeLine(project.id)
  })
}
