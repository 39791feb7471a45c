import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fillDisk, mountTmpfs } from '../harness/machine.mjs'
import { liveThrough } from '../harness/outage.mjs'

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'disk-full',
  fault: 'disk full',
  checks: 'I1, I4, tail fenced, first failure reported within 1 s, resumes by itself within 1 s of space',
  quick: true,
  async run(context) {
    const found = []
    for (const mode of /** @type {const} */ (['throw', 'never'])) {
      const disk = mountTmpfs(context, '1m')
      const project = await context.project(disk)
      const filler = join(disk, 'filler')
      const outage = { workspace: disk, projectId: project.id, logsDir: project.paths.logsDir, mode }
      found.push(
        await liveThrough(context, {
          ...outage,
          begin: () => fillDisk(filler),
          end: () => rmSync(filler),
        }),
      )
    }
    return { runs: 2, found: found.join('; ') }
  },
}
