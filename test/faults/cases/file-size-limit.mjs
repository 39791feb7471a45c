import { run } from '../harness/machine.mjs'
import { liveThrough } from '../harness/outage.mjs'

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'file-size-limit',
  fault: 'file-size limit',
  checks: 'ulimit -f below the size of the file: I1, I4, I5, resumes once the limit is lifted',
  async run(context) {
    const found = []
    for (const mode of /** @type {const} */ (['throw', 'never'])) {
      const workspace = context.folder()
      const project = await context.project(workspace)
      const limit = (/** @type {string} */ size) => (/** @type {number} */ pid) =>
        run('prlimit', '--pid', String(pid), `--fsize=${size}`)
      const outage = { workspace, projectId: project.id, logsDir: project.paths.logsDir, mode }
      found.push(
        await liveThrough(context, { ...outage, begin: limit('8192:unlimited'), end: limit('unlimited') }),
      )
    }
    return { runs: 2, found: found.join('; ') }
  },
}
