import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openLedger, type VerifyProgress } from '../../src/index.js'
import { openTestLedger, QUIET } from '../fixtures/open-test-ledger.js'

const HASH = 'a'.repeat(64)

describe('verify', () => {
  test('counts what was logged, of all projects or of one', async () => {
    const { ledger, project, entry } = await openTestLedger()
    const second = await ledger.createProject({ name: 'Second' })
    await ledger.logLLMRequest(entry({ id: 'a', status: 'success' }))
    await ledger.logLLMRequest(entry({ id: 'a', status: 'success', project_id: second.id }))
    expect(await ledger.verify()).toMatchObject({
      ok: true,
      lines: 2,
      requests: { lines: 2, ids: 2, resent: 0 },
    })
    expect(await ledger.verify({ projectId: project.id })).toMatchObject({ ok: true, lines: 1, seals: [] })
  })

  test('tells how far it is', async () => {
    const { ledger, entry } = await openTestLedger()
    for (let index = 0; index < 20; index++) {
      await ledger.logLLMRequest(entry({ status: 'success', text: 'x'.repeat(50_000) }))
    }
    const seen: VerifyProgress[] = []
    const { bytes } = await ledger.verify({ onProgress: (progress) => seen.push(progress) })
    expect(bytes).toBeGreaterThan(1_000_000)
    expect(seen.length).toBeGreaterThan(3)
    expect(seen.at(-1)).toEqual({ bytes, totalBytes: bytes })
    expect(seen.map((progress) => progress.bytes)).toEqual(
      seen.map((progress) => progress.bytes).sort((a, b) => a - b),
    )
  })

  test('is not disturbed by what the host does with it', async () => {
    const { ledger, entry } = await openTestLedger()
    await ledger.logLLMRequest(entry())
    const onProgress = (): void => {
      throw new Error('of the host')
    }
    expect(await ledger.verify({ onProgress })).toMatchObject({ ok: true, lines: 1 })
  })

  test('finds the head of before, and names one that is gone', async () => {
    const { ledger, entry } = await openTestLedger()
    await ledger.logLLMRequest(entry({ status: 'success' }))
    await ledger.rotateLogs()
    const head = (await ledger.verify({ seals: true })).seals[0]?.head ?? { seq: 0, hash: '' }
    await ledger.logLLMRequest(entry({ status: 'success' }))
    await ledger.rotateLogs()
    expect(await ledger.verify({ head })).toMatchObject({ ok: true, seals: [{ records: 2 }, {}, {}] })
    const gone = { seq: 1, hash: HASH }
    const { sealFaults } = await ledger.verify({ head: [head, gone] })
    expect(sealFaults).toMatchObject([{ kind: 'head-missing', seq: 1, journal: null }])
  })

  test('names a project whose file or folder cannot be read', async () => {
    const { ledger, project, entry } = await openTestLedger()
    const second = await ledger.createProject({ name: 'Second' })
    await ledger.logLLMRequest(entry())
    rmSync(second.paths.logsDir, { recursive: true })
    writeFileSync(second.paths.logsDir, '')
    expect((await ledger.verify()).damage).toMatchObject([{ path: second.paths.logsDir, kind: 'refused' }])
    const file = join(project.paths.root, 'project.json')
    writeFileSync(file, '{')
    expect((await ledger.verify()).damage).toMatchObject([
      { kind: 'refused' },
      { path: file, kind: 'refused' },
    ])
  })

  test.each([
    ['an unknown option', { deep: true }, 'INVALID_OPTION'],
    ['a head that is none', { head: { seq: 1, hash: 'x' } }, 'INVALID_OPTION'],
    ['a head without a number', { head: [{ seq: '1', hash: HASH }] }, 'INVALID_OPTION'],
    ['a key that is none', { publicKey: 'nowhere' }, 'INVALID_SEAL_KEY'],
    ['no project id', { projectId: '../x' }, 'INVALID_PROJECT_ID'],
    ['an unknown project', { projectId: 'nobody' }, 'PROJECT_NOT_FOUND'],
  ])('refuses %s', async (_, options, code) => {
    const { ledger } = await openTestLedger()
    await expect(ledger.verify(options as object)).rejects.toMatchObject({ code })
  })

  test('is refused after close', async () => {
    const { ledger } = await openTestLedger()
    await ledger.close()
    await expect(ledger.verify()).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
    await expect(ledger.repair()).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
  })
})

describe('repair', () => {
  test('names a project whose file cannot be read, and the project that is not found may be that one', async () => {
    const { ledger, project, entry, workspace } = await openTestLedger()
    await ledger.logLLMRequest(entry())
    const path = join(project.paths.root, 'project.json')
    writeFileSync(path, '{')
    await using again = await openLedger({ workspace, systemLog: QUIET })
    const message = expect.stringContaining('projects/test has logs and no readable project.json')
    const problem = { code: 'PROJECT_UNREADABLE', path, message }
    expect(await again.repair({ dryRun: true })).toMatchObject({ files: [], problems: [problem] })
    const unknown = { code: 'PROJECT_NOT_FOUND', message }
    await expect(again.verify({ projectId: project.id })).rejects.toMatchObject(unknown)
    await expect(again.getProject(project.id)).rejects.toMatchObject(unknown)
    rmSync(project.paths.root, { recursive: true })
    expect(await again.listUnreadableProjects()).toEqual([])
  })

  test('takes damage out of closed segments and leaves the file of this process', async () => {
    const { ledger, project, entry } = await openTestLedger()
    const { logsDir } = project.paths
    await ledger.logLLMRequest(entry({ id: 'a', status: 'success' }))
    await ledger.rotateLogs()
    await ledger.logLLMRequest(entry({ id: 'b', status: 'success' }))
    const [closed = ''] = readdirSync(logsDir).filter((name) => /^llm_requests\.0-/.test(name))
    appendFileSync(join(logsDir, closed), 'garbage\n')
    appendFileSync(join(logsDir, 'llm_requests.jsonl'), 'garbage\n')
    const busy = [join(logsDir, 'llm_requests.jsonl')]
    const file = { projectId: project.id, path: join(logsDir, closed), damaged: 1, salvaged: 0, intact: 1 }
    expect(await ledger.repair({ dryRun: true })).toEqual({
      dryRun: true,
      files: [{ ...file, original: null }],
      busy,
      problems: [],
    })
    const original = join(logsDir, 'damaged', `${closed}.1`)
    expect(await ledger.repair({ projectId: project.id })).toEqual({
      dryRun: false,
      files: [{ ...file, original }],
      busy,
      problems: [],
    })
    expect(await ledger.verify({ seals: true })).toMatchObject({ damaged: 1, sealFaults: [] })
    const { summary } = await ledger.getStats({ type: 'project', projectId: project.id })
    expect(summary).toMatchObject({ totalRequests: 2, integrity: { damaged: 1 } })
  })

  test('says which project could not be repaired', async () => {
    const { ledger, project } = await openTestLedger()
    rmSync(project.paths.logsDir, { recursive: true })
    mkdirSync(join(project.paths.root, 'chats'), { recursive: true })
    writeFileSync(project.paths.logsDir, '')
    const { problems } = await ledger.repair()
    expect(problems).toMatchObject([{ code: 'LOG_WRITE_ERROR', operation: 'repair' }])
  })

  test.each([
    ['an unknown option', { force: true }, 'INVALID_OPTION'],
    ['an unknown project', { projectId: 'nobody' }, 'PROJECT_NOT_FOUND'],
  ])('refuses %s', async (_, options, code) => {
    const { ledger } = await openTestLedger()
    await expect(ledger.repair(options as object)).rejects.toMatchObject({ code })
  })
})
