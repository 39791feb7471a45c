// The server with its proxy and a ledger of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '../../dist/http/server.js'
import { openLedger } from '../../dist/index.js'

const workspace = mkdtempSync(join(tmpdir(), 'ledgerline-bench-'))
const ledger = await openLedger({ workspace, systemLog: { pretty: false } })
const { id } = await ledger.createProject({ name: 'Bench' })
const server = await serve({
  ledger,
  port: 0,
  upstreams: { up: { baseUrl: process.argv[2], projectId: id, provider: 'openai' } },
})
process.send({ url: `${server.url}/proxy/up` })
process.on('message', async () => {
  await server.close()
  await ledger.flush()
  const { summary } = await ledger.getStats({ type: 'global' })
  await ledger.close()
  rmSync(workspace, { recursive: true, force: true })
  process.send({ logged: summary.successfulRequests })
  process.disconnect()
})
