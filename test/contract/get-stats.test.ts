import { appendFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FileSystemError, openLedger, type StatsOptions, type StatsScope } from '../../src/index.js'
import { openTestLedger, QUIET, type TestLedger } from '../fixtures/open-test-ledger.js'
import { near } from '../stats-equal.js'
import { EMPTY_ANSWER } from '../stats-files.js'

/** Ten requests around midnight of 2026-03-29 in Berlin, when its clocks go forward. */
async function openFilled(): Promise<TestLedger & { scope: StatsScope }> {
  const test = await openTestLedger()
  const start = Date.parse('2026-03-28T20:30:00.000Z')
  for (let i = 0; i < 10; i++) {
    await test.ledger.logLLMRequest({
      ...test.entry({ chat_id: `chat-${i % 2}`, model: ['gpt-4o', 'acme-1'][i % 2] }),
      status: i === 3 ? 'error' : i === 7 ? 'timeout' : 'success',
      timestamp_start: new Date(start + i * 3_600_000).toISOString(),
      usage: { prompt_tokens: 10 * i, completion_tokens: i },
      timings: { latency_ms: 100 * (i + 1), time_to_first_token_ms: 10 * i },
      tags: i % 3 === 0 ? ['a', 'b'] : ['a'],
      metadata: { team: i < 5 ? 'red' : 'blue' },
      user_id: `user-${i}`,
    })
  }
  return { ...test, scope: { type: 'project', projectId: test.project.id } }
}

describe('getStats', () => {
  test('of an empty project is all zeros and never NaN', async () => {
    const { ledger, project } = await openTestLedger()
    const scope = { type: 'project', projectId: project.id } as const
    expect(await ledger.getStats(scope, { groupBy: 'day' })).toEqual({
      scope,
      period: { from: null, to: null },
      summary: {
        ...EMPTY_ANSWER.measures,
        integrity: { received: 0, persisted: 0, rejected: 0, dropped: 0, damaged: 0, recovered: 0 },
      },
      breakdown: [],
      models: {},
    })
  })

  test('has every measure', async () => {
    const { ledger, scope } = await openFilled()
    const { period, summary, models } = await ledger.getStats(scope)
    expect(period).toEqual({ from: '2026-03-28T20:30:00.000Z', to: '2026-03-29T05:30:00.000Z' })
    const expected = {
      totalRequests: 10,
      successfulRequests: 8,
      failedRequests: 2,
      errorRate: 0.2,
      totalTokens: 495,
      promptTokens: 450,
      completionTokens: 45,
      averageLatencyMs: 550,
      latencyMs: { p50: 500, p90: 900, p95: 1000, p99: 1000, max: 1000 },
      timeToFirstTokenMs: { p50: 40, p90: 80, p95: 90, p99: 90, max: 90 },
      unpricedRequests: 5,
      integrity: { received: 10, persisted: 10, damaged: 0 },
    }
    expect(near(summary, expected)).toMatchObject(expected)
    // 200 prompt tokens at 2.50 USD a million, 20 completion tokens at 10.
    expect(summary.estimatedCost).toBeCloseTo(0.0007, 9)
    expect(Object.keys(models)).toEqual(['acme-1', 'gpt-4o'])
    expect(models['gpt-4o']).toMatchObject({ requests: 5, tokens: 220, averageLatencyMs: 500 })
    expect(models['gpt-4o']?.cost).toBeCloseTo(0.0007, 9)
  })

  const berlin = { timezone: 'Europe/Berlin' } as const
  test.each<[string, StatsOptions, unknown[]]>([
    [
      'day in UTC',
      { groupBy: 'day' },
      [
        ['2026-03-28', 4],
        ['2026-03-29', 6],
      ],
    ],
    [
      'day in Berlin',
      { groupBy: 'day', ...berlin },
      [
        ['2026-03-28', 3],
        ['2026-03-29', 7],
      ],
    ],
    ['week from monday', { groupBy: 'week' }, [['2026-03-23', 10]]],
    [
      'week from sunday',
      { groupBy: 'week', weekStart: 'sunday' },
      [
        ['2026-03-22', 4],
        ['2026-03-29', 6],
      ],
    ],
    ['month', { groupBy: 'month' }, [['2026-03', 10]]],
    [
      'hour over the clock change',
      { groupBy: 'hour', ...berlin, fromDate: '2026-03-29T00:00:00Z', toDate: '2026-03-29T01:59:59Z' },
      [
        ['2026-03-29T01:00+01:00', 1],
        ['2026-03-29T03:00+02:00', 1],
      ],
    ],
  ])('groups by %s', async (_, options, expected) => {
    const { ledger, scope } = await openFilled()
    const { breakdown } = await ledger.getStats(scope, options)
    expect(breakdown.map(({ period, requests }) => [period, requests])).toEqual(expected)
  })

  test.each<[string, StatsOptions, number]>([
    ['a day in Berlin, both ends', { ...berlin, fromDate: '2026-03-29', toDate: '2026-03-29' }, 7],
    ['an open end', { fromDate: '2026-03-29' }, 6],
    ['an open start', { toDate: '2026-03-28' }, 4],
    ['an instant on an entry', { fromDate: '2026-03-28T20:30:00Z', toDate: '2026-03-28T20:30:00.000Z' }, 1],
    ['a range without entries', { fromDate: '2030-01-01' }, 0],
  ])('takes %s', async (_, options, requests) => {
    const { ledger, scope } = await openFilled()
    expect((await ledger.getStats(scope, options)).summary.totalRequests).toBe(requests)
  })

  test('says which period was asked for', async () => {
    const { ledger, scope } = await openFilled()
    const { period } = await ledger.getStats(scope, { fromDate: '2026-03-29' })
    expect(period).toEqual({ from: '2026-03-29', to: '2026-03-29T05:30:00.000Z' })
  })

  test('groups by a list, in order of its keys', async () => {
    const { ledger, scope } = await openFilled()
    const { breakdown } = await ledger.getStats(scope, { groupBy: ['day', 'model'] })
    expect(breakdown.map(({ period, model, requests }) => [period, model, requests])).toEqual([
      ['2026-03-28', 'acme-1', 2],
      ['2026-03-28', 'gpt-4o', 2],
      ['2026-03-29', 'acme-1', 3],
      ['2026-03-29', 'gpt-4o', 3],
    ])
  })

  test.each<[string, StatsOptions['groupBy'], unknown[]]>([
    [
      'status',
      'status',
      [
        ['error', 1],
        ['success', 8],
        ['timeout', 1],
      ],
    ],
    [
      'chat',
      'chat',
      [
        ['chat-0', 5],
        ['chat-1', 5],
      ],
    ],
    [
      'tag',
      'tag',
      [
        ['a', 10],
        ['b', 4],
      ],
    ],
    [
      'metadata.team',
      'metadata.team',
      [
        ['blue', 5],
        ['red', 5],
      ],
    ],
    ['provider', 'provider', [[null, 10]]],
  ])('groups by %s', async (_, groupBy, expected) => {
    const { ledger, scope } = await openFilled()
    const { breakdown } = await ledger.getStats(scope, groupBy === undefined ? {} : { groupBy })
    expect(breakdown.map((row) => [row[String(groupBy)], row.requests])).toEqual(expected)
  })

  test('filters', async () => {
    const { ledger, scope } = await openFilled()
    const filter = { model: 'gpt-4o', user: ['user-2', 'user-3', 'user-4'] }
    expect((await ledger.getStats(scope, { filter })).summary.totalRequests).toBe(2)
  })

  test('a chat is its own entries; unknown chats and projects are errors', async () => {
    const { ledger, project } = await openFilled()
    const chat = (chatId: string, projectId = project.id) =>
      ledger.getStats({ type: 'chat', projectId, chatId })
    expect((await chat('chat-1')).summary.totalRequests).toBe(5)
    await expect(chat('chat-9')).rejects.toMatchObject({ name: 'NotFoundError', code: 'CHAT_NOT_FOUND' })
    await expect(chat('chat-1', 'nobody')).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' })
    const { id } = await ledger.createChat({ projectId: project.id, name: 'New' })
    expect((await chat(id)).summary.totalRequests).toBe(0)
    const empty = { fromDate: '2030-01-01' }
    const known = await ledger.getStats({ type: 'chat', projectId: project.id, chatId: 'chat-1' }, empty)
    expect(known.summary.totalRequests).toBe(0)
  })

  test('everything is the sum of the projects', async () => {
    const { ledger } = await openFilled()
    const other = await ledger.createProject({ name: 'Other' })
    await ledger.logLLMRequest({ project_id: other.id, chat_id: 'chat-0', model: 'm', status: 'success' })
    const { summary, breakdown } = await ledger.getStats({ type: 'global' }, { groupBy: 'project' })
    expect(summary.totalRequests).toBe(11)
    expect(breakdown.map(({ requests }) => requests).sort()).toEqual([1, 10])
  })

  test('an id counts once, by its latest final state', async () => {
    const { ledger, entry } = await openTestLedger()
    const at = { timestamp_start: '2026-01-01T00:00:00Z' }
    await ledger.logLLMRequest(
      entry({ id: 'r1', ...at, status: 'success', usage: { total_tokens: 1 }, latency_ms: 10 }),
    )
    await ledger.logLLMRequest(
      entry({ id: 'r1', ...at, status: 'success', usage: { total_tokens: 2 }, latency_ms: 20 }),
    )
    await ledger.logLLMRequest(entry({ id: 'r1', ...at }))
    const { summary } = await ledger.getStats({ type: 'global' })
    expect(summary).toMatchObject({ totalRequests: 1, totalTokens: 2, pendingRequests: 0 })
    expect(ledger.getCachedStats({ type: 'global' })).toMatchObject({
      totalRequests: 1,
      totalTokens: 2,
      pendingRequests: 0,
    })
  })

  test('damaged lines are skipped and counted, a torn tail is fenced off at the next append', async () => {
    const { ledger, entry, project, workspace } = await openTestLedger()
    await ledger.logLLMRequest(entry({ status: 'success' }))
    await ledger.close()
    appendFileSync(join(project.paths.logsDir, 'llm_requests.jsonl'), 'garbage\n\n[1]\n{"id":"torn')
    await using again = await openLedger({ workspace, systemLog: QUIET })
    const before = (await again.getStats({ type: 'global' })).summary
    expect(before).toMatchObject({ totalRequests: 1, integrity: { damaged: 2, recovered: 0 } })
    await again.logLLMRequest(entry({ status: 'success' }))
    const after = (await again.getStats({ type: 'global' })).summary
    expect(after).toMatchObject({ totalRequests: 2, integrity: { damaged: 3, recovered: 1 } })
  })

  test('what cannot be read at all is counted as damage, not passed over in silence', async () => {
    const { ledger, entry, project } = await openTestLedger()
    const { id } = await ledger.createProject({ name: 'Lost' })
    await ledger.logLLMRequest(entry({ status: 'success' }))
    await ledger.logLLMRequest(entry({ project_id: id, status: 'success' }))
    const { logsDir, root } = project.paths
    symlinkSync('/etc/hostname', join(logsDir, 'llm_requests.7.jsonl'))
    expect(
      (await ledger.getStats({ type: 'project', projectId: project.id })).summary.integrity.damaged,
    ).toBe(1)
    writeFileSync(join(root, '..', 'lost', 'project.json'), '{bad')
    await ledger.listProjects()
    const { summary } = await ledger.getStats({ type: 'global' })
    expect(summary).toMatchObject({ totalRequests: 1, integrity: { damaged: 2 } })
  })

  test('a file in place of the logs of one project is damage to a global question, and named to its own', async () => {
    const { ledger, entry, project } = await openTestLedger()
    const { id, paths } = await ledger.createProject({ name: 'Broken' })
    await ledger.logLLMRequest(entry({ status: 'success' }))
    rmSync(paths.logsDir, { recursive: true })
    writeFileSync(paths.logsDir, '')
    const { summary } = await ledger.getStats({ type: 'global' })
    expect(summary).toMatchObject({ totalRequests: 1, integrity: { damaged: 1 } })
    expect((await ledger.getLLMRequestLogs()).entries).toHaveLength(1)
    const refused = await ledger.getStats({ type: 'project', projectId: id }).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(FileSystemError)
    expect(refused).toMatchObject({ code: 'LOG_READ_ERROR', path: paths.logsDir })
    expect(await ledger.listUnreadableProjects()).toMatchObject([
      {
        code: 'PROJECT_UNREADABLE',
        path: paths.logsDir,
        message: expect.stringContaining('projects/broken/logs'),
      },
    ])
    const intact = await ledger.getStats({ type: 'project', projectId: project.id })
    expect(intact.summary.integrity.damaged).toBe(0)
  })

  test('rotated segments count, also those of other slots', async () => {
    const { ledger, entry, project } = await openTestLedger({ rotation: { maxBytes: 4096 } })
    for (let i = 0; i < 50; i++) await ledger.logLLMRequest(entry({ status: 'success' }))
    const { logsDir } = project.paths
    renameSync(join(logsDir, 'llm_requests.jsonl'), join(logsDir, 'llm_requests.3.jsonl'))
    await ledger.logLLMRequest(entry({ status: 'success' }))
    expect((await ledger.getStats({ type: 'global' })).summary.totalRequests).toBe(51)
  })

  test.each([
    ['no scope', undefined, {}, 'INVALID_SCOPE'],
    ['an unknown zone', { type: 'global' }, { timezone: 'Mars/Base' }, 'INVALID_TIMEZONE'],
    ['an unknown group', { type: 'global' }, { groupBy: 'x' }, 'INVALID_GROUP_BY'],
    ['a date that does not exist', { type: 'global' }, { fromDate: '2026-02-30' }, 'INVALID_DATE'],
  ])('refuses %s', async (_, scope, options, code) => {
    const { ledger } = await openTestLedger()
    await expect(ledger.getStats(scope as StatsScope, options as StatsOptions)).rejects.toMatchObject({
      code,
    })
  })
})

describe('getLLMRequestLogs', () => {
  test('pages newest first, each id once, complete with unknown fields', async () => {
    const { ledger, scope, project } = await openFilled()
    await ledger.logLLMRequest({
      project_id: project.id,
      chat_id: 'chat-0',
      model: 'm',
      status: 'success',
      timestamp_start: '2026-04-01T00:00:00Z',
      mine: { deep: ['kept', 1.5] },
    })
    const seen = []
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof ledger.getLLMRequestLogs>> = await ledger.getLLMRequestLogs({
        projectId: project.id,
        limit: 4,
        cursor,
      })
      seen.push(...page.entries)
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(seen).toHaveLength(11)
    expect(seen[0]).toMatchObject({ mine: { deep: ['kept', 1.5] } })
    const starts = seen.map(({ timestamp_start }) => timestamp_start)
    expect(starts).toEqual([...starts].sort().reverse())
    expect((await ledger.getStats(scope)).summary.totalRequests).toBe(11)
  })

  test.each([
    ['a chat', { chatId: 'chat-1' }, 5],
    ['a status', { filter: { status: ['error', 'timeout'] } }, 2],
    ['a day', { fromDate: '2026-03-29', timezone: 'Europe/Berlin' }, 7],
    ['an id nobody used', { id: 'nobody' }, 0],
  ])('filters by %s', async (_, filter, count) => {
    const { ledger, project } = await openFilled()
    const { entries, nextCursor } = await ledger.getLLMRequestLogs({ projectId: project.id, ...filter })
    expect([entries.length, nextCursor]).toEqual([count, null])
  })

  test.each([
    ['a limit of 0', { limit: 0 }, 'INVALID_OPTION'],
    ['a limit of 1001', { limit: 1001 }, 'INVALID_OPTION'],
    ['a cursor that is none', { cursor: 'x' }, 'INVALID_CURSOR'],
    ['a chat id that climbs', { chatId: '../x' }, 'INVALID_CHAT_ID'],
    ['an unknown project', { projectId: 'nobody' }, 'PROJECT_NOT_FOUND'],
  ])('refuses %s', async (_, filter, code) => {
    const { ledger } = await openTestLedger()
    await expect(ledger.getLLMRequestLogs(filter)).rejects.toMatchObject({ code })
  })
})
