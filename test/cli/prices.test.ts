import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cli, openCli } from './run-cli.js'

let cli: Cli
let other: string

const start = { chat_id: 'c1', timestamp_start: '2026-05-01T00:00:00.000Z', status: 'success' }
const usage = { prompt_tokens: 1_000_000, completion_tokens: 0 }

beforeAll(async () => {
  cli = await openCli()
  const id = await cli.project('Support bot')
  other = await cli.project('Other')
  const entries = [
    { model: 'gpt-4o', usage },
    { model: 'gpt-40-mini', usage },
    { model: 'gpt-40-mini', usage, cost: { amount: 4, source: 'provider' } },
    { model: 'acme-1', usage },
    { model: 'acme-1', usage, usage_source: 'heuristic' },
    { model: 'acme-1', status: 'pending' },
  ].map((entry, index) => JSON.stringify({ ...start, project_id: id, id: `r${index}`, ...entry }))
  const { code } = await cli.run(['log'], { input: `${entries.join('\n')}\n` })
  expect(code).toBe(0)
})
afterAll(() => cli[Symbol.asyncDispose]())

const RULES = { rules: [{ match: 'acme-1', input: 3, output: 9 }] }

describe('with rules that came later', () => {
  let env: Record<string, string>
  beforeAll(async () => {
    const path = join(cli.folder, 'own.json')
    await writeFile(path, JSON.stringify(RULES))
    env = { LEDGERLINE_PRICES: path }
  })

  test('stats have the costs that were logged, and with --repriced those of today', async () => {
    const charged = await cli.json(['stats'], { env })
    expect(charged.summary).toMatchObject({ estimated_cost: 6.5, unpriced_requests: 3 })
    const today = await cli.json(['stats', '--repriced', '--group-by', 'model'], { env })
    expect(today.summary).toMatchObject({ estimated_cost: 12.5, unpriced_requests: 1 })
    expect(today.models['acme-1']).toMatchObject({ cost: 6, unpriced_requests: 0 })
    expect((await cli.run(['stats', '--repriced'], { env })).stdout).toMatch(/Estimated cost\s+│\s+\$12\.50/)
  })

  test('reprice --dry-run shows both by model', async () => {
    const { dry_run, models, total } = await cli.json(['reprice', '--dry-run'], { env })
    expect(dry_run).toBe(true)
    expect(models['acme-1']).toEqual({
      requests: 2,
      charged: 0,
      today: 6,
      difference: 6,
      unpriced_before: 2,
      unpriced_today: 0,
    })
    expect(models['gpt-40-mini']).toMatchObject({
      charged: 4,
      today: 4,
      unpriced_before: 1,
      unpriced_today: 1,
    })
    expect(total).toMatchObject({ requests: 5, charged: 6.5, today: 12.5, difference: 6 })
    const { stdout, stderr, code } = await cli.run(['reprice', '--dry-run'], { env })
    expect([stderr, code]).toEqual(['', 0])
    expect(stdout).toMatch(/acme-1 +│ +2 │ +unpriced │ +\$6\.00 │ +\$6\.00 │ +2 │ +0 │/)
    const { stdout: without } = await cli.run(['reprice', '--dry-run'])
    expect(without).toMatch(/acme-1 +│ +2 │ +unpriced │ +unpriced │ +- │ +2 │ +2 │/)
    expect(without).toMatch(/gpt-40-mini +│ +2 │ +\$4\.00 │ +\$4\.00 │ +\$0\.00 │ +1 │ +1 │/)
  })

  test('reprice takes a project and a range', async () => {
    const range = ['--from', '2026-05-02', '--to', '2026-06-01']
    expect((await cli.json(['reprice', '--dry-run', ...range], { env })).total).toMatchObject({ requests: 0 })
    const { stdout } = await cli.run(['reprice', '--dry-run', '--project', 'other'], { env })
    expect(stdout).toBe('No requests.\n')
  })

  test('doctor says which models are still unpriced today', async () => {
    const { unpriced } = await cli.json(['doctor'], { env })
    expect(
      unpriced.map(({ model, unpriced_today }: Record<string, unknown>) => [model, unpriced_today]),
    ).toEqual([
      ['acme-1', 0],
      ['gpt-40-mini', 1],
    ])
  })
})

test('reprice without --dry-run refuses, and names what to ask instead', async () => {
  const { code, stdout, stderr } = await cli.run(['reprice'])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/append-only.*--dry-run.*stats --repriced/)
})

test('doctor lists models without a price, with the nearest names, and what else is odd', async () => {
  const found = await cli.json(['doctor'])
  expect(found).toMatchObject({
    unpriced: [
      { model: 'acme-1', requests: 2, tokens: 2_000_000, unpriced_today: 2 },
      { model: 'gpt-40-mini', requests: 1, tokens: 1_000_000, unpriced_today: 1 },
    ],
    estimated_usage_requests: 1,
    interrupted_requests: 1,
    integrity: { received: 6, persisted: 6, rejected: 0, dropped: 0, damaged: 0, recovered: 0 },
  })
  expect(found.unpriced[1].nearest[0]).toBe('gpt-4o-mini')
  const { stdout, stderr, code } = await cli.run(['doctor'])
  expect([stderr, code]).toEqual(['', 0])
  expect(stdout).toMatch(/gpt-40-mini.*gpt-4o-mini/)
  expect(stdout).toMatch(/^Requests that never ended.*: 1$/m)
})

test('doctor of a project where nothing is odd', async () => {
  expect(await cli.run(['doctor', '--project', other])).toEqual({
    code: 0,
    stdout: 'Nothing is odd.\n',
    stderr: '',
  })
  expect(await cli.json(['doctor', '--project', 'other'])).toMatchObject({ unpriced: [] })
})

test('doctor says of a model of the book that it is its provider or tier that has no price', async () => {
  const project_id = await cli.project('Fast')
  const entry = { ...start, project_id, model: 'gpt-4o', usage, params: { service_tier: 'priority' } }
  expect(await cli.run(['log'], { input: `${JSON.stringify(entry)}\n` })).toMatchObject({ code: 0 })
  const { stdout } = await cli.run(['doctor', '--project', 'fast'])
  expect(stdout).toMatch(/gpt-4o .*known, without a price at this provider or service tier/)
})

describe('a file of prices that is wrong', () => {
  const MISTAKE = /wrong\.json: rules\[0\]\.input: .*"acme-1".*\[PRICES_INVALID\]/
  let env: Record<string, string>
  beforeAll(async () => {
    const path = join(cli.folder, 'wrong.json')
    await writeFile(path, JSON.stringify({ rules: [{ match: 'acme-1', input: '3', output: 9 }] }))
    env = { LEDGERLINE_PRICES: path }
  })

  test.each([['stats'], ['log'], ['doctor'], ['reprice', '--dry-run'], ['serve', '--port', '0']])(
    'fails %s, which needs prices, with the rule and the field',
    async (...args) => {
      const { code, stdout, stderr } = await cli.run(args, { env })
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(MISTAKE)
    },
  )

  test.each([
    ['verify'],
    ['repair'],
    ['repair', '--dry-run'],
    ['tail'],
    ['show', 'r1'],
    ['projects'],
    ['rotate', '--project', 'other'],
    ['cleanup', '--dry-run'],
    ['query', 'SELECT count(*) FROM llm_requests'],
  ])('is a warning of %s, which prices nothing', async (...args) => {
    const { code, stdout, stderr } = await cli.run(args, { env })
    const good = await cli.run(args)
    expect([code, stdout]).toEqual([0, good.stdout])
    expect(good.stderr).toBe('')
    expect(stderr).toMatch(/^ledgerline: warning: [^\n]*\n$/)
    expect(stderr).toMatch(MISTAKE)
  })

  test('is one object of JSON where that is asked for', async () => {
    const { code, stderr } = await cli.run(['projects', '--json'], { env })
    expect([code, JSON.parse(stderr).error]).toEqual([0, 'PRICES_INVALID'])
  })
})
