/** The law of SQL over the logs: its sums are those of the stats, whatever the files hold. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { summarizeLine } from '../../src/journal/upkeep/summarize-line.js'
import { createQueryEngine } from '../../src/stats/duckdb/query/query.js'
import { Turnstile } from '../../src/stats/duckdb/turnstile.js'
import type { QueryQuestion } from '../../src/stats/query-engine.js'
import type { StatsQuestion } from '../../src/stats/stats-engine.js'
import { files } from '../stats-arbitraries.js'
import { foldStats } from '../stats-fold.js'
import { questions, ZONES } from '../stats-questions.js'

const engine = createQueryEngine(new Turnstile(2))
let root: string
let made = 0

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ledgerline-sql-'))
})

afterAll(async () => {
  await engine.close()
  rmSync(root, { recursive: true, force: true })
})

/** As docs/sql.md gives it. */
const SUMMARY = `
  count(*) FILTER (status <> 'pending') AS totalRequests,
  count(*) FILTER (status = 'success') AS successfulRequests,
  count(*) FILTER (status IN ('error', 'timeout')) AS failedRequests,
  count(*) FILTER (status = 'pending') AS unfinishedRequests,
  coalesce(sum(total_tokens), 0) AS totalTokens,
  coalesce(sum(prompt_tokens), 0) AS promptTokens,
  coalesce(sum(completion_tokens), 0) AS completionTokens,
  coalesce(sum(cache_read_tokens), 0) AS cacheReadTokens,
  coalesce(sum(cache_write_tokens), 0) AS cacheWriteTokens,
  coalesce(sum(reasoning_tokens), 0) AS reasoningTokens,
  coalesce(favg(latency_ms), 0) AS averageLatencyMs,
  coalesce(max(latency_ms), 0) AS maxLatencyMs,
  coalesce(quantile_disc(latency_ms, 0.95), 0) AS p95LatencyMs,
  coalesce(max(time_to_first_token_ms), 0) AS maxFirstTokenMs,
  coalesce(sum(cost), 0)::DOUBLE AS estimatedCost,
  count(*) FILTER (status <> 'pending' AND cost IS NULL AND total_tokens > 0) AS unpricedRequests,
  count(*) FILTER (status <> 'pending' AND usage_source IN ('tokenizer', 'heuristic')) AS estimatedUsageRequests,
  count(*) FILTER (status <> 'pending' AND summarized) AS summarizedRequests`

type Form = 'raw' | 'gzip' | 'summary' | 'cut'
const forms = fc.constantFrom<Form>('raw', 'raw', 'raw', 'gzip', 'summary', 'cut')
const cases = fc.constantFrom(...ZONES).chain(([timezone, at]) => {
  const moment = Date.parse(at)
  return fc.record({
    contents: fc.array(fc.record({ bytes: files(moment), form: forms }), { minLength: 1, maxLength: 4 }),
    question: questions(timezone, moment),
  })
})

test('sums in SQL equal the fold, for random lines, damage, ranges and filters', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ contents, question }) => {
      const sources = [{ projectId: 'p', files: writeFiles(contents) }]
      const asked: StatsQuestion = { ...question, groupBy: ['model'], sources, isGone: () => false }
      const expected = foldStats(asked)
      const [summary] = await rows(asked, `SELECT ${SUMMARY} FROM llm_requests`)
      expect(near(summary, numbersOf(expected.measures))).toEqual(numbersOf(expected.measures))

      const models = await rows(
        asked,
        `SELECT model, ${SUMMARY} FROM llm_requests GROUP BY model ORDER BY model NULLS LAST`,
      )
      expect(models.map(({ model }) => model)).toEqual(expected.breakdown.map(({ model }) => model))
      for (const [index, row] of expected.breakdown.entries()) {
        const { model: _, ...sums } = models[index] ?? {}
        expect(near(sums, numbersOf(row))).toEqual(numbersOf(row))
      }
      const [edges] = await rows(
        asked,
        'SELECT epoch_ms(min(timestamp_start)) AS firstMs, epoch_ms(max(timestamp_start)) AS lastMs FROM llm_requests',
      )
      expect(edges).toEqual({ firstMs: expected.firstMs, lastMs: expected.lastMs })
      expect(await rows(asked, 'SELECT count(*) AS lines FROM llm_request_lines')).toEqual([
        { lines: expected.measures.totalRequests + expected.measures.pendingRequests },
      ])
    }),
    { numRuns: 60 },
  )
})

interface Segment {
  readonly bytes: Buffer
  readonly form: Form
}

function writeFiles(contents: readonly Segment[]): string[] {
  const dir = join(root, String(made++))
  mkdirSync(dir)
  return contents.map((segment, index) => {
    const stem = `llm_requests.0-${String(index + 1).padStart(8, '0')}-20260131T140506078Z`
    const ending =
      segment.form === 'raw' ? '.jsonl' : segment.form === 'summary' ? '.summary.jsonl.gz' : '.jsonl.gz'
    const path = join(dir, `${stem}${ending}`)
    writeFileSync(path, contentOf(segment))
    return path
  })
}

function contentOf({ bytes, form }: Segment): Buffer {
  if (form === 'raw') return bytes
  if (form === 'gzip') return gzipSync(bytes)
  if (form === 'cut') return gzipSync(bytes).subarray(0, -9)
  const lines = bytes.toString().split('\n')
  return gzipSync(lines.map((line) => summarizeLine(line) ?? '').join(''))
}

async function rows(asked: StatsQuestion, sql: string): Promise<Record<string, unknown>[]> {
  const { sources, chatId, fromMs, toMs, filter } = asked
  const question: QueryQuestion = {
    sql,
    conditions: { chatId, fromMs, toMs, filter },
    limit: undefined,
    signal: new AbortController().signal,
    withSources: (use) => use(sources),
    messages: async function* () {},
  }
  const result = await engine.query(question)
  const found: Record<string, unknown>[] = []
  for await (const row of result)
    found.push(Object.fromEntries(result.columns.map(({ name }, index) => [name, row[index]])))
  return found
}

type Measured = ReturnType<typeof foldStats>['measures']

function numbersOf(measures: Measured): Record<string, unknown> {
  return {
    totalRequests: measures.totalRequests,
    successfulRequests: measures.successfulRequests,
    failedRequests: measures.failedRequests,
    unfinishedRequests: measures.pendingRequests + measures.interruptedRequests,
    totalTokens: measures.totalTokens,
    promptTokens: measures.promptTokens,
    completionTokens: measures.completionTokens,
    cacheReadTokens: measures.cacheReadTokens,
    cacheWriteTokens: measures.cacheWriteTokens,
    reasoningTokens: measures.reasoningTokens,
    averageLatencyMs: measures.averageLatencyMs,
    maxLatencyMs: measures.latencyMs.max,
    p95LatencyMs: measures.latencyMs.p95,
    maxFirstTokenMs: measures.timeToFirstTokenMs.max,
    estimatedCost: measures.estimatedCost,
    unpricedRequests: measures.unpricedRequests,
    estimatedUsageRequests: measures.estimatedUsageRequests,
    summarizedRequests: measures.summarizedRequests,
  }
}

/** Each number as the expected one where they differ by rounding only. */
function near(
  actual: Record<string, unknown> = {},
  expected: Record<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(actual).map(([name, value]) => {
      const wanted = expected[name]
      if (typeof value !== 'number' || typeof wanted !== 'number') return [name, value]
      return [name, Math.abs(value - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)) ? wanted : value]
    }),
  )
}
