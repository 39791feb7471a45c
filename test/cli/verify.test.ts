import { generateKeyPairSync } from 'node:crypto'
import { appendFileSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Cli, openCli } from './run-cli.js'

let cli: Cli
let logs: string
beforeEach(async () => {
  cli = await openCli()
  await cli.project('Support bot')
  logs = join(cli.folder, 'workspace', 'projects', 'support-bot', 'logs')
})
afterEach(() => cli[Symbol.asyncDispose]())

const ENTRIES = ['a', 'b', 'c']
  .map((id) => JSON.stringify({ id, chat_id: 'c1', model: 'gpt-4o', status: 'success' }))
  .join('\n')

const log = () => cli.run(['log', '--project', 'support-bot'], { input: ENTRIES })
const active = () => join(logs, 'llm_requests.jsonl')

describe('verify', () => {
  test('says that nothing is wrong, and changes nothing', async () => {
    await log()
    const before = readdirSync(logs, { recursive: true })
    const { code, stdout, stderr } = await cli.run(['verify'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/Read 3 lines in 1 files[\s\S]*3 ids[\s\S]*Nothing is wrong\.\n$/)
    expect(readdirSync(logs, { recursive: true })).toEqual(before)
  })

  test('names damage with its file and bytes, and exits with 1', async () => {
    await log()
    const { length } = readFileSync(active())
    appendFileSync(active(), 'gar\u001b[2Jbage\n')
    const { code, stdout } = await cli.run(['verify', '--project', 'support-bot'])
    expect(code).toBe(1)
    expect(stdout).toContain(
      `not-json │ projects/support-bot/logs/llm_requests.jsonl │ ${length}-${length + 12}`,
    )
    expect(await cli.json(['verify'])).toMatchObject({
      ok: false,
      damaged: 1,
      damage: [{ path: active(), from: length, to: length + 12, kind: 'not-json' }],
      requests: { lines: 3, ids: 3 },
      in_flight: [],
    })
  })

  test('prints no id that a terminal would act on', async () => {
    const line = (status: string) =>
      `${JSON.stringify({ id: 'a\u001b[2J\u202e', status, timestamp_start: '2026-01-31T14:00:00Z' })}\n`
    await log()
    appendFileSync(active(), line('success') + line('error'))
    const { code, stdout } = await cli.run(['verify'])
    expect(code).toBe(1)
    expect(stdout).toContain('a\\u001b[2J\\u202e')
    expect(stdout).not.toMatch(/[\u001b\u202e]/)
  })

  test('checks seals with the key and a head that was kept', async () => {
    const pair = generateKeyPairSync('ed25519')
    const [secret, key] = [join(cli.folder, 'secret.pem'), join(cli.folder, 'key.pem')]
    writeFileSync(secret, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    writeFileSync(key, pair.publicKey.export({ type: 'spki', format: 'pem' }))
    await log()
    await cli.run(['rotate'], { env: { LEDGERLINE_SEALS_PRIVATE_KEY: secret } })
    const check = ['verify', '--public-key', key]
    const { seals } = await cli.json(check)
    expect(seals[0]).toMatchObject({ journal: 'llm_requests', sealed: 1, signed: 1, head: { seq: 1 } })
    const head = `${seals[0].head.seq}:${seals[0].head.hash}`
    expect((await cli.run([...check, '--head', head])).stdout).toContain(
      `Head: ${head} (support-bot, llm_requests)\nNothing is wrong.`,
    )

    const [segment = ''] = readdirSync(logs).filter((name) => /^llm_requests\.0-/.test(name))
    const content = readFileSync(join(logs, segment), 'utf8')
    writeFileSync(join(logs, segment), content.replace('gpt-4o', 'gpt-4x'))
    const edited = await cli.run(check)
    expect(edited.code).toBe(1)
    expect(edited.stdout).toMatch(/Seal edited: support-bot, llm_requests, llm_requests\.0-00000001-/)
    // Without its seal nothing tells.
    writeFileSync(join(logs, 'llm_requests.seals.jsonl'), '')
    expect((await cli.run(['verify', '--seals'])).code).toBe(0)
    expect((await cli.run(['verify', '--head', head])).stdout).toContain('Seal head-missing: record 1')
  })

  test('says without --seals that it compared nothing, and names a segment that is gone', async () => {
    for (const input of [ENTRIES, ENTRIES.replaceAll('"id":"', '"id":"again-')]) {
      await cli.run(['log', '--project', 'support-bot'], { input })
      await cli.run(['rotate'])
    }
    const [first = '', second = ''] = readdirSync(logs).filter((name) => /^llm_requests\.0-/.test(name))
    writeFileSync(join(logs, first), readFileSync(join(logs, first), 'utf8').replace('gpt-4o', 'gpt-4x'))
    const plain = await cli.run(['verify'])
    expect(plain.code).toBe(0)
    expect(plain.stdout).toMatch(
      /Nothing is wrong\.\nNot checked: whether 2 closed segments [^\n]*verify --seals/,
    )
    expect(await cli.json(['verify'])).toMatchObject({ ok: true, unchecked_segments: 2, seals: [] })
    expect(await cli.json(['verify', '--seals'])).toMatchObject({ ok: false, unchecked_segments: 0 })
    rmSync(join(logs, second))
    const gone = await cli.run(['verify'])
    expect(gone.code).toBe(1)
    expect(gone.stdout).toMatch(
      /Seal missing: support-bot, llm_requests, llm_requests\.0-00000002-\S*, record 2: /,
    )
    expect(gone.stdout).not.toContain('Seal edited')
  })

  test('names the project of every finding', async () => {
    await cli.project('Other')
    for (const project of ['support-bot', 'other']) {
      await cli.run(['log', '--project', project], { input: ENTRIES })
      appendFileSync(join(logs, '..', '..', project, 'logs', 'llm_requests.jsonl'), 'x\n')
    }
    await cli.run(['rotate'])
    for (const project of ['support-bot', 'other']) {
      const dir = join(logs, '..', '..', project, 'logs')
      const [segment = ''] = readdirSync(dir).filter((name) => /^llm_requests\.0-/.test(name))
      appendFileSync(join(dir, segment), '\n')
    }
    const { stdout } = await cli.run(['verify', '--seals'])
    for (const project of ['support-bot', 'other']) {
      expect(stdout).toMatch(new RegExp(`│ ${project} +│ llm_requests`))
      expect(stdout).toMatch(new RegExp(`Head: 1:[0-9a-f]{64} \\(${project}, llm_requests\\)`))
      expect(stdout).toMatch(new RegExp(`not-json │ projects/${project}/logs/`))
      expect(stdout).toMatch(new RegExp(`Seal edited: ${project}, llm_requests, llm_requests.0-0`))
    }
  })

  test.each([
    ['a head that is none', ['verify', '--head', '1:abc']],
    ['a key that is none', ['verify', '--public-key', 'nowhere.pem']],
    ['an unknown option', ['verify', '--deep']],
    ['an unknown option', ['repair', '--force']],
  ])('exits with 2 for %s', async (_, args) => {
    expect((await cli.run(args)).code).toBe(2)
  })
})

describe('repair', () => {
  test('names the file of what it could not do', async () => {
    await log()
    symlinkSync(active(), join(logs, '..', 'chats', 'c1.jsonl'))
    const { code, stdout, stderr } = await cli.run(['repair'])
    expect([code, stdout]).toEqual([1, 'Nothing was repaired.\n'])
    expect(stderr).toMatch(/^ledgerline: projects\/support-bot\/chats\/c1\.jsonl: .*\[PATH_IS_SYMLINK\]/)
  })

  test('says what it would do, does it, and then there is nothing to do', async () => {
    await log()
    const intact = readFileSync(active(), 'utf8')
    appendFileSync(active(), '{"id":"torn')
    const damaged = readFileSync(active(), 'utf8')
    const dry = await cli.json(['repair', '--dry-run'])
    expect(dry).toMatchObject({
      dry_run: true,
      files: [{ path: active(), damaged: 1, salvaged: 0, intact: 3, original: null }],
      busy: [],
      problems: [],
    })
    expect(readFileSync(active(), 'utf8')).toBe(damaged)

    const { code, stdout } = await cli.run(['repair', '--project', 'support-bot'])
    expect(code).toBe(0)
    const [, kept = ''] = /(projects\/support-bot\/logs\/damaged\/\S+)/.exec(stdout) ?? []
    expect(readFileSync(join(cli.folder, 'workspace', kept), 'utf8')).toBe(damaged)
    const [segment = ''] = readdirSync(logs).filter((name) => /^llm_requests\.0-/.test(name))
    expect(readFileSync(join(logs, segment), 'utf8')).toBe(intact)
    expect((await cli.run(['repair'])).stdout).toBe('Nothing to repair.\n')
    expect((await cli.run(['verify', '--seals'])).code).toBe(0)
  })
})
