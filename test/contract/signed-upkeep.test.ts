import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Ledger, type LedgerlineError, type LedgerOptions, openLedger } from '../../src/index.js'
import { openTestLedger, QUIET } from '../fixtures/open-test-ledger.js'
import { keyPair } from '../fixtures/seal-keys.js'

const signing = keyPair()

/** Two signed segments of requests and of events, one message file, and one of each that is closed and not sealed. */
async function signedWorkspace() {
  const first = await openTestLedger({ upkeep: false, seals: { privateKey: signing.privateKey } })
  const { ledger, project, entry, workspace } = first
  for (const id of ['first', 'second']) {
    await ledger.logLLMRequest(entry({ id, status: 'success' }))
    await ledger.logProjectEvent(project.id, { event_type: id })
    await ledger.rotateLogs()
  }
  await ledger.createChat({ projectId: project.id, id: 'chat-1', name: 'Chat' })
  await ledger.rotateLogs()
  await ledger.logLLMRequest(entry({ id: 'third', status: 'success' }))
  await ledger.logProjectEvent(project.id, { event_type: 'third' })
  await ledger.close()
  const chain = (): string[] =>
    ['llm_requests', 'events', 'chats'].map((base) =>
      readFileSync(join(project.paths.logsDir, `${base}.seals.jsonl`), 'utf8'),
    )
  const open = async (options: LedgerOptions): Promise<Ledger> => {
    const opened = await openLedger({ workspace, systemLog: QUIET, upkeep: false, ...options })
    onTestFinished(() => opened.close())
    return opened
  }
  return { project, workspace, chain, open }
}

const codes = (problems: readonly LedgerlineError[]): string[] => problems.map(({ code }) => code)

describe('without the key of a signed chain', () => {
  test('rotateLogs closes, seals nothing, and says so once; with the key it goes on as if nothing had been', async () => {
    const { chain, open } = await signedWorkspace()
    const before = chain()
    const keyless = await open({ rotation: { gzip: true } })
    const { segments, problems } = await keyless.rotateLogs()
    expect(segments.map(({ journal }) => journal)).toEqual(['llm_requests', 'events'])
    expect(codes(problems)).toEqual(['SEAL_KEY_MISSING'])
    expect(problems[0]?.hint).toMatch(/LEDGERLINE_SEALS_PRIVATE_KEY.*seals\.privateKey/)
    expect(chain()).toEqual(before)
    await keyless.close()
    const signed = await open({ seals: { privateKey: signing.privateKey } })
    expect((await signed.rotateLogs()).problems).toEqual([])
    expect(chain()).not.toEqual(before)
    expect((await signed.verify({ publicKey: signing.publicKey })).sealFaults).toEqual([])
  })

  test('says nothing when there is nothing to seal', async () => {
    const { open, project } = await signedWorkspace()
    await (await open({ seals: { privateKey: signing.privateKey } })).rotateLogs()
    const keyless = await open({ rotation: { gzip: true } })
    expect((await keyless.rotateLogs()).problems).toEqual([])
    // What is sealed needs no further record to be compressed.
    expect(readdirSync(project.paths.logsDir).filter((name) => /Z\.jsonl$/.test(name))).toEqual([])
  })

  test('cleanupOldLogs deletes nothing and leaves no summary; a dry run says the same', async () => {
    const { chain, open, project } = await signedWorkspace()
    const before = chain()
    const keyless = await open({})
    const retention = { maxSegments: 1 }
    for (const dryRun of [true, false]) {
      const { segments, problems } = await keyless.cleanupOldLogs({ retention, dryRun })
      expect({ segments, codes: codes(problems) }).toEqual({ segments: [], codes: ['SEAL_KEY_MISSING'] })
    }
    expect(chain()).toEqual(before)
    expect(readdirSync(project.paths.logsDir).filter((name) => name.includes('summary'))).toEqual([])
  })

  test('old messages stay, where they are', async () => {
    const { chain, open, project } = await signedWorkspace()
    const chats = project.paths.chatsDir
    mkdirSync(chats, { recursive: true })
    const messages = join(chats, 'old.jsonl')
    writeFileSync(
      messages,
      '{"id":"m","role":"user","content":"Hi","created_at":"2020-01-01T00:00:00.000Z"}\n',
    )
    utimesSync(messages, 1e9, 1e9)
    const before = chain()
    const keyless = await open({})
    const options = { retention: { chatsMaxAgeDays: 30 }, trustClock: true }
    for (const dryRun of [true, false]) {
      const { segments, problems } = await keyless.cleanupOldLogs({ ...options, dryRun })
      expect({ segments, codes: codes(problems) }).toEqual({ segments: [], codes: ['SEAL_KEY_MISSING'] })
    }
    expect(chain()).toEqual(before)
    expect(readdirSync(chats)).toContain('old.jsonl')
  })

  test('repair leaves sealed segments as they are, says so once, and a dry run does too', async () => {
    const { chain, open, project } = await signedWorkspace()
    const { logsDir } = project.paths
    const damaged = readdirSync(logsDir).filter((name) => /^llm_requests.*Z\.jsonl$/.test(name))
    expect(damaged).toHaveLength(2)
    for (const name of damaged)
      writeFileSync(join(logsDir, name), `${readFileSync(join(logsDir, name), 'utf8')}garbage\n`)
    const before = chain()
    const keyless = await open({})
    for (const dryRun of [true, false]) {
      const { files, problems } = await keyless.repair({ dryRun })
      expect({ files, codes: codes(problems) }).toEqual({ files: [], codes: ['SEAL_KEY_MISSING'] })
    }
    expect(chain()).toEqual(before)
    const signed = await open({ seals: { privateKey: signing.privateKey } })
    expect((await signed.repair()).files).toHaveLength(2)
    expect((await signed.verify({ publicKey: signing.publicKey })).sealFaults).toEqual([])
  })

  test('a ledger that is only opened seals nothing, and says so on the system log', async () => {
    const { chain, open, workspace } = await signedWorkspace()
    await (await open({})).rotateLogs()
    const before = chain()
    await open({ upkeep: true, systemLog: { level: 'info', pretty: false } })
    const told = (): number =>
      readFileSync(join(workspace, 'logs', 'system.jsonl'), 'utf8').split('SEAL_KEY_MISSING').length - 1
    await expect.poll(told).toBeGreaterThan(0)
    expect(chain()).toEqual(before)
  })
})

test('another key goes on with the chain, and both public keys verify it', async () => {
  const { open } = await signedWorkspace()
  const next = keyPair()
  const changed = await open({ seals: { privateKey: next.privateKey } })
  expect((await changed.rotateLogs()).problems).toEqual([])
  const both = signing.publicKey + next.publicKey
  expect((await changed.verify({ publicKey: both })).sealFaults).toEqual([])
})
