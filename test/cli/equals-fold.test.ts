import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTestLedger } from '../fixtures/open-test-ledger.js'
import { openCli } from './run-cli.js'

interface Line {
  readonly id: string
  readonly status: string
  readonly model: string
  readonly timestamp_start: string
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number }
  readonly timings?: { readonly latency_ms?: number }
  readonly cost?: { readonly amount: number | null }
}

/** Every line of the request logs of a folder, folded by id; what is no JSON is passed over. */
function foldLines(logsDir: string): Line[] {
  const byId = new Map<string, Line>()
  const isLog = (name: string): boolean => name.startsWith('llm_requests') && !name.includes('.seals.')
  for (const name of readdirSync(logsDir).filter(isLog)) {
    for (const text of readFileSync(join(logsDir, name), 'utf8').split('\n')) {
      try {
        const line: Line = JSON.parse(text)
        if (byId.get(line.id)?.status !== 'success') byId.set(line.id, line)
      } catch {
        // Damaged or empty.
      }
    }
  }
  return [...byId.values()]
}

function sums(lines: readonly Line[]) {
  const final = lines.filter(({ status }) => status !== 'pending')
  const sum = (of: (line: Line) => number | null | undefined): number =>
    final.reduce((total, line) => total + (of(line) ?? 0), 0)
  const latencies = final.flatMap(({ timings }) => timings?.latency_ms ?? [])
  return {
    total_requests: final.length,
    successful_requests: final.filter(({ status }) => status === 'success').length,
    failed_requests: final.filter(({ status }) => status !== 'success').length,
    prompt_tokens: sum(({ usage }) => usage?.prompt_tokens),
    completion_tokens: sum(({ usage }) => usage?.completion_tokens),
    total_tokens: sum(({ usage }) => usage && usage.prompt_tokens + usage.completion_tokens),
    average_latency_ms: latencies.length === 0 ? 0 : latencies.reduce((a, b) => a + b) / latencies.length,
    estimated_cost: sum(({ cost }) => cost?.amount),
  }
}

/** Sums of floats differ in the last digits with their order. */
function near(expected: Record<string, number>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, expect.closeTo(value, 8)]))
}

test('ledgerline stats --json equals a plain fold over the lines', async () => {
  const { ledger, project, workspace, entry } = await openTestLedger({ rotation: { maxBytes: 64 * 1024 } })
  const models = ['gpt-4o', 'openai/gpt-4o-mini', 'acme-1']
  const calls = Array.from({ length: 600 }, async (_, i) => {
    const fields = {
      model: models[i % 3],
      timestamp_start: new Date(Date.UTC(2026, 0, 1) + i * 7_000_000).toISOString(),
      usage: { prompt_tokens: (i * 37) % 900, completion_tokens: (i * 11) % 300 },
      ...(i % 5 === 0 ? {} : { timings: { latency_ms: ((i * 53) % 4000) + 0.25 } }),
    }
    if (i % 10 !== 9)
      await ledger.logLLMRequest(entry({ ...fields, status: i % 7 === 0 ? 'error' : 'success' }))
    else await (await ledger.startLLMRequest(entry(fields))).complete()
  })
  await Promise.all(calls)
  await ledger.startLLMRequest(entry())
  appendFileSync(join(project.paths.logsDir, 'llm_requests.jsonl'), '{"id":"torn\n')

  await using cli = await openCli()
  const stats = await cli.json(['stats', '--workspace', workspace, '--group-by', 'day,model'])
  const lines = foldLines(project.paths.logsDir)
  expect(lines).toHaveLength(601)
  expect(stats.summary).toMatchObject({ ...near(sums(lines)), pending_requests: 1 })
  expect(stats.summary.integrity.damaged).toBe(1)

  const keyOf = ({ timestamp_start, model }: Line): string => `${timestamp_start.slice(0, 10)} ${model}`
  const keys = [...new Set(lines.map(keyOf))].sort()
  expect(
    stats.breakdown.map((row: { period: string; model: string }) => `${row.period} ${row.model}`),
  ).toEqual(keys)
  for (const [i, key] of keys.entries()) {
    expect(stats.breakdown[i]).toMatchObject(near(sums(lines.filter((line) => keyOf(line) === key))))
  }
  for (const model of models) {
    const { requests, tokens, cost } = stats.models[model]
    const expected = sums(lines.filter((line) => line.model === model))
    expect([requests, tokens]).toEqual([expected.total_requests, expected.total_tokens])
    expect(cost).toBeCloseTo(expected.estimated_cost, 9)
  }
})
