// Imports the package, logs one entry with a price, and prints what was loaded for it.

import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLedger } from '../../../dist/index.js'

const importedOnly = loaded()
const workspace = mkdtempSync(join(tmpdir(), 'ledgerline-test-'))
const ledger = await openLedger({ workspace })
const project = await ledger.createProject({ name: 'Test' })
await ledger.logLLMRequest({
  project_id: project.id,
  chat_id: 'c',
  model: 'gpt-4o',
  status: 'success',
  usage: { total_tokens: 1 },
})
process.stdout.write(JSON.stringify({ importedOnly, afterLogging: loaded() }))
await ledger.close()
rmSync(workspace, { recursive: true })

/** Packages by their CommonJS modules, and native addons by their shared objects. */
function loaded() {
  const modules = Object.keys(createRequire(import.meta.url).cache)
  const { sharedObjects } = process.report.getReport()
  const packages = [...modules, ...sharedObjects].map(
    (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1],
  )
  return [...new Set(packages.filter((name) => name !== undefined))]
}
