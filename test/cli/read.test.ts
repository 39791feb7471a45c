import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cli, openCli, outcomeOf, untilPrinted } from './run-cli.js'

let cli: Cli
let projectId: string
beforeAll(async () => {
  cli = await openCli()
  projectId = await cli.project('Support bot')
  await cli.project('Quiet')
  const lines = Array.from({ length: 30 }, (_, index) => ({
    id: `r${index}`,
    chat_id: index < 10 ? 'c1' : 'c2',
    model: index % 2 === 0 ? 'openai/gpt-4o' : 'camelCase/Model',
    status: index % 5 === 0 ? 'error' : 'success',
    timestamp_start: `2026-01-${String(index + 1).padStart(2, '0')}T23:30:00.000Z`,
    timestamp_end: `2026-01-${String(index + 1).padStart(2, '0')}T23:30:01.000Z`,
    usage: { prompt_tokens: 100, completion_tokens: index },
    latency_ms: 1000 + index,
  }))
  const input = lines.map((line) => JSON.stringify(line)).join('\n')
  const { code } = await cli.run(['log', '--project', 'support-bot'], { input })
  expect(code).toBe(0)
})
afterAll(() => cli[Symbol.asyncDispose]())

describe('stats', () => {
  test('is a plain fold over the lines', async () => {
    const json = await cli.json(['stats'])
    expect(json.scope).toEqual({ type: 'global' })
    expect(json.summary).toMatchObject({
      total_requests: 30,
      failed_requests: 6,
      prompt_tokens: 3000,
      completion_tokens: 435,
      total_tokens: 3435,
      average_latency_ms: 1014.5,
    })
    expect(Object.keys(json.models).sort()).toEqual(['camelCase/Model', 'openai/gpt-4o'])
  })

  test.each<[string[], number]>([
    [['--project', 'support-bot'], 30],
    [['--project', 'quiet'], 0],
    [['--project', 'support-bot', '--chat', 'c1'], 10],
    [['--from', '2026-01-11', '--to', '2026-01-20'], 10],
    [['--from', '2026-01-11', '--to', '2026-01-11', '--timezone', 'Europe/Berlin'], 1],
  ])('%j counts %i', async (args, total) => {
    expect((await cli.json(['stats', ...args])).summary.total_requests).toBe(total)
  })

  test('by id is by slug', async () => {
    expect(await cli.json(['stats', '--project', projectId])).toEqual(
      await cli.json(['stats', '--project', 'support-bot']),
    )
  })

  test('groups by a list', async () => {
    const json = await cli.json(['stats', '--group-by', 'month, status'])
    expect(json.breakdown).toMatchObject([
      { period: '2026-01', status: 'error', requests: 6 },
      { period: '2026-01', status: 'success', requests: 24 },
    ])
    const weeks = await cli.json(['stats', '--group-by', 'week', '--week-start', 'sunday'])
    expect(weeks.breakdown[0]).toMatchObject({ period: '2025-12-28' })
  })

  test('is a table for people', async () => {
    const { stdout } = await cli.run(['stats', '--group-by', 'day,model', '--project', 'support-bot'])
    expect(stdout).toMatch(/^Project Support bot \(support-bot, /)
    expect(stdout).toContain(projectId)
    expect(stdout).toMatch(/│ Period\s+│ Model\s+│ Requests │/)
    expect(stdout).toMatch(/│ Requests\s+│\s+30 │/)
    expect(stdout).toMatch(/│ {3}failed\s+│\s+6 \(20%\) │/)
    expect(stdout).toMatch(/│ 2026-01-01 │ openai\/gpt-4o\s+│\s+1 │/)
    expect(stdout).toMatch(/│ camelCase\/Model │\s+15 │/)
    expect(stdout).not.toContain('\u001b')
  })

  test.each<[string[], string]>([
    [[], 'All projects  2026-01-01 23:30:00 to 2026-01-30 23:30:00 UTC'],
    [
      ['--timezone', 'Asia/Kathmandu'],
      'All projects  2026-01-02 05:15:00 to 2026-01-31 05:15:00 Asia/Kathmandu',
    ],
    [
      ['--from', '2026-01-11', '--to', '2026-01-12T00:00:00+02:00'],
      '  2026-01-11 to 2026-01-11 22:00:00 UTC',
    ],
  ])('%j says in which zone its times are', async (args, title) => {
    const [first] = (await cli.run(['stats', ...args])).stdout.split('\n')
    expect(first?.endsWith(title)).toBe(true)
  })

  test('a chat is shown with its project', async () => {
    const { stdout } = await cli.run(['stats', '--project', 'support-bot', '--chat', 'c1'])
    expect(stdout).toMatch(/^Chat c1 of project Support bot \(support-bot, /)
  })

  test('the titles of groups are words like the others', async () => {
    const { stdout } = await cli.run(['stats', '--group-by', 'request_type,metadata.userTier'])
    expect(stdout).toMatch(/│ Request type\s+│ Metadata\.userTier\s+│ Requests │/)
  })

  test('where no request has a latency there is none, not 0 ms', async () => {
    await using own = await openCli()
    await own.project('Untimed')
    const input = '{"chat_id":"c1","model":"m","status":"success"}'
    expect((await own.run(['log', '--project', 'untimed'], { input })).code).toBe(0)
    const { stdout } = await own.run(['stats', '--project', 'untimed', '--group-by', 'model'])
    expect(stdout).toMatch(/│ Average latency\s+│\s+- │/)
    expect(stdout).toMatch(/│ {3}p50, p95, max\s+│\s+- │/)
    expect(stdout).toMatch(/│ m\s+│\s+1 │.*│\s+- │\s+- │/)
    expect(stdout).not.toMatch(/\d ms/)
  })
})

describe('tail', () => {
  const idsOf = (stdout: string): string[] =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id)

  test('gives the last twenty, oldest first', async () => {
    const { stdout } = await cli.run(['tail', '--json'])
    expect(idsOf(stdout)).toEqual(Array.from({ length: 20 }, (_, index) => `r${index + 10}`))
  })

  test('gives as many as are asked for, and not more than there are', async () => {
    expect(idsOf((await cli.run(['tail', '-n', '2', '--json'])).stdout)).toEqual(['r28', 'r29'])
    expect(idsOf((await cli.run(['tail', '--lines', '5000', '--json'])).stdout)).toHaveLength(30)
    expect((await cli.run(['tail', '--project', 'quiet'])).stdout).toBe('')
  })

  test('is a line an entry for people', async () => {
    const { stdout } = await cli.run(['tail', '-n', '1'])
    expect(stdout).toMatch(
      /^2026-01-30T23:30:00\.000Z {2}success {2}camelCase\/Model {2}129 tokens {2}1,029 ms {2}.*id r29\n$/,
    )
  })

  test('--follow prints what comes, each state of an entry once, until a signal', async () => {
    const child = cli.start(['tail', '--follow', '--json', '-n', '1'])
    const done = outcomeOf(child)
    await untilPrinted(child, /"r29"/)
    const log = async (id: string, status: string) => {
      const input = JSON.stringify({ id, chat_id: 'c9', model: 'm', status })
      expect((await cli.run(['log', '--project', 'quiet'], { input })).code).toBe(0)
    }
    await log('f1', 'pending')
    await untilPrinted(child, /"f1"/)
    await log('f2', 'success')
    await log('f1', 'error')
    await untilPrinted(child, /"error"/)
    child.kill('SIGINT')
    const { code, stdout, stderr } = await done
    expect([code, stderr]).toEqual([0, ''])
    const states = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(states.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'r29 success',
      'f1 pending',
      expect.stringMatching(/^f/),
      expect.stringMatching(/^f/),
    ])
  })

  test('ends quietly when nobody reads', async () => {
    const child = cli.start(['tail', '--json'])
    child.stdout.destroy()
    const { code, stderr } = await outcomeOf(child)
    expect([code, stderr]).toEqual([0, ''])
  })
})

describe('show', () => {
  test('gives one entry', async () => {
    expect(await cli.json(['show', 'r3'])).toMatchObject({
      id: 'r3',
      project_id: projectId,
      usage: { total_tokens: 103 },
      timings: { latency_ms: 1003 },
    })
    const { stdout } = await cli.run(['show', 'r3', '--project', 'support-bot'])
    expect(stdout).toMatch(/^model: camelCase\/Model$/m)
    expect(stdout).toMatch(/^usage: \{.*"total_tokens":103.*\}$/m)
  })

  test('only looks where it is told to', async () => {
    expect((await cli.run(['show', 'r3', '--project', 'quiet'])).code).toBe(1)
  })
})

test('projects are listed with their ids', async () => {
  const { projects } = await cli.json(['projects'])
  expect(projects).toMatchObject([
    { id: projectId, name: 'Support bot', slug: 'support-bot', default_model: null },
    { name: 'Quiet' },
  ])
  expect(existsSync(projects[0].paths.logs_dir)).toBe(true)
})

test('the workspace is the option, else the environment, else ./workspace', async () => {
  const env = { LEDGERLINE_WORKSPACE: join(cli.folder, 'nowhere') }
  expect((await cli.run(['projects'], { env })).code).toBe(1)
  const { code, stdout } = await cli.run(['projects', '--workspace', 'workspace'], { env })
  expect([code, /Quiet/.test(stdout)]).toEqual([0, true])
})
