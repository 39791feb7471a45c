import { toSnakeCase } from '../../index.js'
import { type GlobalOptions, readWithoutPrices, sayUnreadable } from '../open-workspace.js'
import { writeJson, writeLine } from '../output.js'
import { table } from '../style.js'

export async function projectsCommand(options: GlobalOptions): Promise<void> {
  await readWithoutPrices(options, async (ledger) => {
    const projects = await ledger.listProjects()
    await sayUnreadable(ledger, options)
    if (options.json) {
      await writeJson(toSnakeCase({ projects }))
      return
    }
    await writeLine(
      table(projects, [
        { title: 'Name', cell: ({ name }) => name },
        { title: 'Slug', cell: ({ slug }) => slug },
        { title: 'Id', cell: ({ id }) => id },
        { title: 'Made', cell: ({ createdAt }) => createdAt },
      ]),
    )
  })
}
