import { existsSync, readdirSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { claimSlot } from '../../src/journal/slot.js'
import { openTestLedger } from '../fixtures/open-test-ledger.js'

const DIST = new URL('../../dist/index.js', import.meta.url).href
const LOG = `
  const { parentPort, workerData } = require('node:worker_threads')
  import(${JSON.stringify(DIST)}).then(async ({ openLedger }) => {
    const { workspace, entry } = workerData
    const ledger = await openLedger({ workspace, systemLog: { level: 'silent', pretty: false, file: false } })
    await ledger.logLLMRequest(entry)
    // An open ledger keeps no thread alive.
    setInterval(() => undefined, 60_000)
    parentPort.postMessage('logged')
  })`

test.skipIf(!existsSync('/proc/thread-self'))(
  'the slot of a worker thread is its own while it lives, and free once it was terminated',
  async () => {
    const { ledger, workspace, project, entry } = await openTestLedger()
    const { logsDir } = project.paths
    const files = (): string[] =>
      readdirSync(logsDir).filter((name) => /^llm_requests\.\d*\.?jsonl$/.test(name))
    const logInWorker = async (): Promise<Worker> => {
      const worker = new Worker(LOG, { eval: true, workerData: { workspace, entry: entry() } })
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
      return worker
    }
    const first = await logInWorker()
    const other = claimSlot(logsDir)
    expect(other.number).toBe(1)
    other.release()
    await first.terminate()
    const second = await logInWorker()
    await second.terminate()
    expect(claimSlot(logsDir).number).toBe(0)
    expect(files()).toEqual(['llm_requests.jsonl'])
    await ledger.close()
  },
)
