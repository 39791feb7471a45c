import { setLimit } from '../harness/machine.mjs'
import { liveThrough } from '../harness/outage.mjs'

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'file-size-limit',
  fault: 'file-size limit',
  checks:
    'ulimit -f below the size of the file, with its SIGXFSZ: I1, I4, I5, resumes once the limit is lifted',
  async run(context) {
    const found = []
    for (const mode of /** @type {const} */ (['throw', 'never'])) {
      const workspace = context.folder()
      const project = await context.project(workspace)
      const outage = { workspace, projectId: project.id, logsDir: project.paths.logsDir, mode }
      const begin = (/** @type {number} */ pid) => setLimit(pid, 'fsize=8192:unlimited')
      const end = (/** @type {number} */ pid) => setLimit(pid, 'fsize=unlimited')
      found.push(await liveThrough(context, { ...outage, begin, end }))
    }
    return { runs: 2, found: found.join('; ') }
  },
}
