import assert from 'node:assert/strict'
import { chmodSync, chownSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checkReopens } from '../harness/check.mjs'
import { needRoot } from '../harness/machine.mjs'
import { liveThrough } from '../harness/outage.mjs'

const NOBODY = 65_534

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'not-allowed',
  fault: 'moved or deleted file under the descriptor, chmod 000, a symlink at the path',
  checks:
    'chmod 000 of the log folder under a writer that is not root: I1, I4, I5, resumes when it may again',
  async run(context) {
    needRoot()
    const found = []
    for (const mode of /** @type {const} */ (['throw', 'never'])) {
      const workspace = context.folder()
      const project = await context.project(workspace)
      const { logsDir, root } = project.paths
      for (const path of [
        workspace,
        dirname(root),
        root,
        ...readdirSync(root).map((name) => join(root, name)),
      ]) {
        chownSync(path, NOBODY, NOBODY)
      }
      // The case's own folder lets others through.
      chmodSync(dirname(workspace), 0o711)
      found.push(
        await liveThrough(context, {
          ...{ workspace, projectId: project.id, logsDir, mode, uid: NOBODY },
          begin: () => chmodSync(logsDir, 0o000),
          end: () => chmodSync(logsDir, 0o700),
        }),
      )
      assert.ok(await checkReopens(workspace, project))
    }
    return { runs: 2, found: found.join('; ') }
  },
}
