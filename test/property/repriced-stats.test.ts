/** The law of repriced stats: each finished request priced by itself, then folded. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { summarizeLine } from '../../src/journal/upkeep/summarize-line.js'
import { loadPrices } from '../../src/pricing/prices.js'
import { checkRules } from '../../src/pricing/rules/check-rules.js'
import { createDuckDbEngine } from '../../src/stats/duckdb/engine.js'
import { createIndexEngine } from '../../src/stats/index/engine.js'
import type { Repricing, StatsSource } from '../../src/stats/stats-engine.js'
import { near } from '../stats-equal.js'
import { active, closed, statsOf } from '../stats-files.js'
import { foldStats } from '../stats-fold.js'
import { questions } from '../stats-questions.js'

const MOMENT = Date.parse('2026-06-01T00:00:00Z')

const RULES = {
  rules: [
    {
      match: 'acme-1',
      input: 1.5,
      output: 6,
      cache_read: 0.15,
      per_request: 0.01,
      batch: { input: 0.75, output: 3 },
    },
    { match: 'acme-1', start: '2026-06-01', input: 1, output: 4, tiers: [{ above: 3_000, input: 2 }] },
    { match: { prefix: 'acme' }, provider: 'acme', input: 9, output: 9 },
    { match: { pattern: '*5*' }, input: 0.3, output: 0.3, input_audio: 3 },
  ],
}

const MODELS = [
  'acme-1',
  'acme-2',
  'acme/acme-2',
  'gpt-4o',
  'openai/gpt-4o',
  'claude-sonnet-4-5',
  'gemini-2.5-flash',
  'none',
  '',
  '__proto__',
  'x\n1 agpt-4o',
]
const text = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...MODELS) },
  { weight: 1, arbitrary: fc.constantFrom(null, 5, true, ['x', 1], { y: 5 }) },
)
const tokens = fc.oneof(
  { weight: 9, arbitrary: fc.nat(5_000) },
  { weight: 1, arbitrary: fc.constantFrom(null, '5', 1.5, -3, 2 ** 53, [7]) },
)
const COUNTS = [
  'prompt_tokens',
  'completion_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cache_write_1h_tokens',
  'input_audio_tokens',
  'output_audio_tokens',
  'reasoning_tokens',
]

const entries = fc
  .record(
    {
      id: fc.integer({ min: 0, max: 30 }).map((n) => `id-${n}`),
      status: fc.constantFrom('pending', 'success', 'success', 'error', 'timeout', 'done'),
      timestamp_start: fc
        .integer({ min: -48 * 3_600_000, max: 48 * 3_600_000 })
        .map((shift) => new Date(MOMENT + shift).toISOString()),
      model: text,
      provider: fc.constantFrom('acme', 'openai', 'google', '', 5, null),
      response_model: text,
      chat_id: fc.constantFrom('a', 'b'),
      tags: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
      usage: fc.oneof(
        {
          weight: 9,
          arbitrary: fc.record(Object.fromEntries(COUNTS.map((name) => [name, tokens])), {
            requiredKeys: [],
          }),
        },
        { weight: 1, arbitrary: fc.constantFrom(null, 'many', 7, [5], {}) },
      ),
      params: fc.oneof(
        fc.record({
          service_tier: fc.constantFrom('batch', 'flex', 'priority', 'default', 5, null, ['batch']),
        }),
        fc.constantFrom(null, 'batch', ['batch'], {}),
      ),
      cost: fc.oneof(
        {
          weight: 9,
          arbitrary: fc.record(
            {
              amount: fc.oneof(
                fc.nat(10_000_000).map((millionths) => millionths / 1e6),
                fc.constantFrom(null, '1', -1),
              ),
              source: fc.constantFrom('provider', 'price_book', 'override', 'none', 5, null),
            },
            { requiredKeys: [] },
          ),
        },
        { weight: 1, arbitrary: fc.constantFrom(null, 7, 'provider') },
      ),
      metadata: fc.record({ team: fc.constantFrom('x', 'y') }),
    },
    { requiredKeys: ['id', 'status', 'timestamp_start'] },
  )
  // fast-check's objects may have no prototype.
  .map((entry) =>
    JSON.stringify({ ...entry, ...(entry.usage instanceof Object ? { usage: entry.usage } : {}) }),
  )

const lines = fc.oneof(
  { weight: 30, arbitrary: entries },
  { weight: 1, arbitrary: fc.constantFrom('garbage', '{"id":"id-1"', '') },
)
const contents = fc.array(
  fc.record({
    lines: fc.array(lines, { maxLength: 20 }),
    form: fc.constantFrom('active', 'raw', 'gzip', 'summary'),
  }),
  {
    minLength: 1,
    maxLength: 3,
  },
)

let root: string
let made = 0
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ledgerline-repriced-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function write(
  files: readonly { lines: readonly string[]; form: 'active' | 'raw' | 'gzip' | 'summary' }[],
): StatsSource[] {
  const folder = join(root, String(made++))
  mkdirSync(folder)
  const paths = files.map((file, index) => {
    const name = file.form === 'active' ? active(index + 1) : closed(index + 1, file.form)
    const slim =
      file.form === 'summary' ? file.lines.map((line) => summarizeLine(line)?.trimEnd() ?? '') : file.lines
    const content = slim.map((line) => `${line}\n`).join('')
    writeFileSync(
      join(folder, name),
      file.form === 'active' || file.form === 'raw' ? content : gzipSync(content),
    )
    return join(folder, name)
  })
  return [{ projectId: 'p', files: paths }]
}

test('every measure of cost is that of each request priced by itself', async () => {
  const prices = await loadPrices(checkRules(RULES, 'prices'))
  const reprice: Repricing = (request) => prices.price(request).amount
  const engine = createIndexEngine(createDuckDbEngine())
  await fc.assert(
    fc.asyncProperty(contents, questions('Europe/Berlin', MOMENT), async (files, asked) => {
      const sources = write(files)
      for (const question of [statsOf(sources, { ...asked, reprice }), statsOf(sources, { reprice })]) {
        const expected = foldStats(question)
        const answer = await engine.stats(question)
        expect(near(answer, expected)).toEqual(expected)
      }
    }),
    { numRuns: 100 },
  )
  await engine.close()
})

test('what was priced by the same prices costs the same, tier and all, also where a summary is left', async () => {
  const prices = await loadPrices(checkRules(RULES, 'prices'))
  const usage = { prompt_tokens: 2_000, completion_tokens: 100, cache_read_tokens: 500 }
  const rows = ['acme-1', 'gpt-4o', 'acme-9'].flatMap((model) =>
    ['batch', 'default'].map((service_tier) => ({ model, params: { service_tier } })),
  )
  const given = rows.map((row, index) =>
    JSON.stringify({
      id: `id-${index}`,
      status: 'success',
      timestamp_start: '2026-05-01T00:00:00.000Z',
      provider: 'openai',
      usage,
      ...row,
    }),
  )
  const engine = createDuckDbEngine()
  const reprice: Repricing = (request) => prices.price(request).amount
  const costs: number[] = []
  for (const form of ['active', 'summary'] as const) {
    const { measures } = await engine.stats(statsOf(write([{ lines: given, form }]), { reprice }))
    expect(measures.unpricedRequests).toBe(2)
    costs.push(measures.estimatedCost)
  }
  await engine.close()
  const acme = (1_500 * 1.5 + 500 * 0.15 + 100 * 6) / 1e6 + 0.01
  const batch = (2_000 * 0.75 + 100 * 3) / 1e6
  const gpt = (1_500 * 2.5 + 500 * 1.25 + 100 * 10) / 1e6
  for (const cost of costs) expect(cost).toBeCloseTo(acme + batch + 2 * gpt, 12)
})
