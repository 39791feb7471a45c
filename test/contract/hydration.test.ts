/** What a ledger counts at open: the same by the lines of a small log and by the index of a large one. */
import { appendFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLedger } from '../../src/index.js'
import { LiveCounters } from '../../src/stats/live-counters.js'
import type { StatsScope } from '../../src/stats/stats-engine.js'
import { QUIET } from '../fixtures/open-test-ledger.js'
import { tempFolder } from '../fixtures/temp-folder.js'

/** Few lines make a large log. */
const PADDING = 'x'.repeat(600_000)

test('a large log is counted from the index, as line by line: ids that come again, pending ones, two projects', async () => {
  const workspace = tempFolder()
  const options = { workspace, systemLog: QUIET, upkeep: false }
  const first = await openLedger({ ...options, liveCounters: false })
  const projects = await Promise.all(['One', 'Two'].map((name) => first.createProject({ name })))
  await first.close()
  const line = (project: number, id: string, n: number, more: object = {}): string =>
    `${JSON.stringify({
      id,
      project_id: projects[project]?.id,
      chat_id: `c${n % 3}`,
      model: 'm',
      status: n % 5 === 0 ? 'error' : 'success',
      timestamp_start: '2026-01-01T00:00:00.000Z',
      timestamp_end: '2026-01-01T00:00:01.000Z',
      usage: { prompt_tokens: n, completion_tokens: 2 * n },
      ...(n % 2 === 0 ? { cost: { amount: n / 1e6, source: 'provider' }, timings: { latency_ms: n } } : {}),
      metadata: { padding: PADDING },
      ...more,
    })}\n`
  const write = (project: number, name: string, lines: readonly string[]): void => {
    const logs = projects[project]?.paths.logsDir ?? ''
    mkdirSync(logs, { recursive: true })
    appendFileSync(join(logs, name), lines.join(''))
  }
  const ids = Array.from({ length: 40 }, (_, n) => n)
  const later = { timestamp_end: '2026-01-01T00:00:02.000Z' }
  write(0, 'llm_requests.0-00000001-20260101T000000000Z.jsonl', [
    ...ids.map((n) => line(0, `a${n}`, n)),
    line(0, 'p1', 1, { status: 'pending' }),
    line(0, 'p2', 2, { status: 'pending' }),
  ])
  write(0, 'llm_requests.jsonl', [line(0, 'p1', 7), line(0, 'a3', 11, later)])
  write(1, 'llm_requests.jsonl', [
    ...ids.slice(0, 20).map((n) => line(1, `b${n}`, n)),
    line(1, 'a4', 13, later),
  ])

  const byLine = new LiveCounters()
  for (const { paths } of projects) {
    await byLine.hydrate(
      readdirSync(paths.logsDir)
        .filter((name) => name.endsWith('.jsonl'))
        .sort()
        .map((name) => join(paths.logsDir, name)),
    )
  }
  const ledger = await openLedger(options)
  const scopes: StatsScope[] = [
    { type: 'global' },
    ...projects.flatMap(({ id }): StatsScope[] => [
      { type: 'project', projectId: id },
      ...['c0', 'c1', 'c2', 'none'].map((chatId): StatsScope => ({ type: 'chat', projectId: id, chatId })),
    ]),
  ]
  for (const scope of scopes) expect(ledger.getCachedStats(scope)).toEqual(byLine.read(scope))
  expect(readdirSync(projects[0]?.paths.logsDir ?? '')).toContain('.index')

  await ledger.logLLMRequest({
    project_id: projects[0]?.id ?? '',
    chat_id: 'c1',
    model: 'm',
    status: 'success',
    usage: { prompt_tokens: 5, completion_tokens: 0 },
  })
  for (const scope of scopes.slice(0, 2)) {
    expect(ledger.getCachedStats(scope).promptTokens).toBe(byLine.read(scope).promptTokens + 5)
  }
  const chat = { type: 'chat', projectId: projects[0]?.id ?? '', chatId: 'c1' } as const
  expect(ledger.getCachedStats(chat).promptTokens).toBe(byLine.read(chat).promptTokens + 5)
  await ledger.close()
})
