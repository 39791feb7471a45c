import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cli, openCli } from './run-cli.js'

let cli: Cli
beforeAll(async () => {
  cli = await openCli()
})
afterAll(() => cli[Symbol.asyncDispose]())

const AT = ['--workspace', 'ws']
const logs = (): string => join(cli.folder, 'ws', 'projects', 'support-bot', 'logs')
const privateKey = (): string => join(cli.folder, 'key.pem')
const files = (): string[] => readdirSync(logs()).filter((name) => name !== '.slots')

/** A closed segment with one request of the day. */
async function closeOne(day: string, env: Record<string, string> = {}): Promise<void> {
  const input = JSON.stringify({
    chat_id: 'c',
    model: 'gpt-4o',
    status: 'success',
    timestamp_start: `${day}T00:00:00Z`,
  })
  await cli.run(['log', '--project', 'support-bot', ...AT], { input })
  const { code, stdout, stderr } = await cli.run(['rotate', '--project', 'support-bot', ...AT], { env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/llm_requests\.0-\d{8}-[\s\S]*\nClosed 1, sealed 1, compressed 0, deleted 0\.\n$/)
}

describe('ledgerline rotate and cleanup', () => {
  test('close, say what would go, delete it, and keep the totals', async () => {
    await cli.run(['projects', 'create', 'Support bot', ...AT])
    await closeOne('2020-01-01')
    await closeOne(new Date().toISOString().slice(0, 10))
    const before = files()
    const limits = ['--max-age-days', '365']
    const plan = await cli.json(['cleanup', '--dry-run', ...limits, ...AT])
    expect(plan).toMatchObject({
      segments: [{ journal: 'llm_requests', reason: 'age', entries: 1, last: '2020-01-01T00:00:00.000Z' }],
      problems: [],
    })
    expect(Object.keys(plan.segments[0])).toContain('project_id')
    expect(files()).toEqual(before)
    const shown = await cli.run(['cleanup', '--dry-run', ...limits, ...AT])
    expect(shown.stdout).toMatch(/Would be deleted[\s\S]*2020-01-01/)
    expect(await cli.json(['cleanup', ...limits, ...AT])).toEqual(plan)
    expect(files().filter((name) => name.endsWith('.summary.jsonl.gz'))).toHaveLength(1)
    expect((await cli.json(['stats', ...AT])).summary.total_requests).toBe(2)
    expect((await cli.run(['cleanup', ...limits, ...AT])).stdout).toBe('Nothing to delete.\n')
    expect((await cli.run(['rotate', ...AT])).stdout).toBe('Nothing to close.\n')
  })

  test('compresses and signs as the environment says, and seals nothing without the key afterwards', async () => {
    writeFileSync(
      privateKey(),
      '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n',
    )
    await closeOne('2021-01-01')
    const env = { LEDGERLINE_ROTATION_GZIP: '1', LEDGERLINE_SEALS_PRIVATE_KEY: privateKey() }
    await cli.run(['log', '--project', 'support-bot', ...AT], {
      input: '{"chat_id":"c","model":"m","status":"error"}',
    })
    expect(await cli.json(['rotate', ...AT], { env })).toMatchObject({
      segments: [{ journal: 'llm_requests' }],
      problems: [],
    })
    expect(files().filter((name) => /^llm_requests\.0-.*Z\.jsonl$/.test(name))).toEqual([])
    const last =
      readFileSync(join(logs(), 'llm_requests.seals.jsonl'), 'utf8').trim().split('\n').at(-1) ?? ''
    expect(JSON.parse(last)).toMatchObject({ key_id: '06e3fd8fda29bb60' })

    await cli.run(['log', '--project', 'support-bot', ...AT], {
      input: '{"chat_id":"c","model":"m","status":"error"}',
    })
    const { code, stdout, stderr } = await cli.run(['rotate', ...AT])
    expect(code).toBe(1)
    expect(stdout).toMatch(/\nClosed 1, sealed 0, compressed 0, deleted 0\.\n$/)
    expect(stderr).toMatch(/^ledgerline: .*\[SEAL_KEY_MISSING\].*LEDGERLINE_SEALS_PRIVATE_KEY.*\n$/)
    const signed = { LEDGERLINE_SEALS_PRIVATE_KEY: privateKey() }
    expect((await cli.run(['rotate', ...AT], { env: signed })).stdout).toBe(
      'Closed 0, sealed 1, compressed 0, deleted 0.\n',
    )
  })

  test.each(['rotate', 'cleanup'])('the help of %s names the key', async (command) => {
    expect((await cli.run([command, '--help'])).stdout).toContain('LEDGERLINE_SEALS_PRIVATE_KEY')
  })

  test('say which project, when there are several, and how much it is together', async () => {
    await cli.run(['projects', 'create', 'One'])
    const input = '{"chat_id":"c","model":"m","status":"error"}'
    await cli.run(['log', '--project', 'one'], { input })
    await cli.run(['rotate'])
    await cli.run(['log', '--project', 'one'], { input })
    await cli.run(['rotate'])
    const limits = ['--max-bytes', '1']
    const alone = (await cli.run(['cleanup', '--dry-run', ...limits])).stdout
    expect(alone).toMatch(/\n2 segments, \d{3} bytes\n$/)
    expect(alone).not.toMatch(/Project/)
    await cli.run(['projects', 'create', 'Two'])
    await cli.run(['log', '--project', 'two'], { input })
    await cli.run(['rotate'])
    for (const dryRun of [['--dry-run'], []]) {
      const { stdout } = await cli.run(['cleanup', ...dryRun, ...limits])
      expect(stdout).toMatch(/Project[\s\S]*│ one[\s\S]*│ two[\s\S]*\n3 segments, [\d,]+ bytes\n$/)
    }
  })

  test('says why nothing goes by age, exits with 1, and goes on when it is told to', async () => {
    const env = { LEDGERLINE_SEALS_PRIVATE_KEY: privateKey() }
    await closeOne('2020-01-01', env)
    writeFileSync(join(logs(), '.slots', 'clock'), '{"wall":5,"boot_id":"x","uptime_s":1}')
    const refused = await cli.run(['cleanup', '--max-age-days', '365', ...AT], { env })
    expect(refused).toMatchObject({ code: 1, stdout: 'Nothing to delete.\n' })
    expect(refused.stderr).toMatch(/^ledgerline: .*1970.*\[CLOCK_NOT_TRUSTED\].*--trust-clock/)
    const { problems } = await cli.json(['cleanup', '--max-age-days', '365', '--dry-run', ...AT])
    expect(problems).toMatchObject([{ error: 'CLOCK_NOT_TRUSTED' }])
    const trusting = ['cleanup', '--max-age-days', '365', '--trust-clock', ...AT]
    expect((await cli.run(trusting, { env })).stdout).toMatch(/age/)
  })

  test.each([
    [['cleanup', '--max-segments', '0'], /integer from 1/],
    [['cleanup', '--max-bytes', 'much'], /integer from 1/],
    [['rotate', '--all'], /unknown option/],
  ])('refuses %j', async (args, said) => {
    const { code, stderr } = await cli.run([...args, ...AT])
    expect(code).toBe(2)
    expect(stderr).toMatch(said)
  })

  test('an unknown project is an error', async () => {
    expect(await cli.run(['rotate', '--project', 'nobody', ...AT])).toMatchObject({ code: 1 })
  })
})
