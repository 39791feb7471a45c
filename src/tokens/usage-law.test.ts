/** What holds whatever somebody reports: the counts of an entry add up, read once or twice. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Usage } from '../entry/entry.js'
import { lineOf, prepareEntry } from '../entry/prepare.js'
import { bucketsOf } from './buckets.js'
import { normaliseUsage, type UsageApi } from './normalise.js'

const APIS: readonly UsageApi[] = ['openai', 'anthropic', 'gemini', 'bedrock']

const PARTS = [
  'cache_read_tokens',
  'cache_write_tokens',
  'cache_write_1h_tokens',
  'input_audio_tokens',
  'reasoning_tokens',
  'output_audio_tokens',
] as const

/** Names that any of the readers knows, so that random objects mean something. */
const NAMES = [
  ...['prompt_tokens', 'completion_tokens', 'total_tokens', 'input_tokens', 'output_tokens'],
  ...['prompt_cache_hit_tokens', 'prompt_cache_miss_tokens', 'cache_creation_input_tokens'],
  ...['cache_read_input_tokens', 'promptTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount'],
  ...['totalTokenCount', 'cachedContentTokenCount', 'toolUsePromptTokenCount', 'inputTokens', 'outputTokens'],
  ...['totalTokens', 'cacheReadInputTokens', 'cacheWriteInputTokens'],
]
const DETAILS = ['prompt_tokens_details', 'completion_tokens_details', 'cache_creation']
const INNER = [
  ...['cached_tokens', 'audio_tokens', 'reasoning_tokens', 'cache_write_tokens'],
  ...['ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens'],
]

const count = fc.oneof(
  { weight: 6, arbitrary: fc.nat(100) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0.5, '7', '', null, Number.NaN, 2 ** 53 - 1, 2 ** 60, [], {}) },
)
const someOf = (names: readonly string[], value: fc.Arbitrary<unknown>) =>
  fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 7 })
const rows = fc.array(fc.record({ modality: fc.constantFrom('AUDIO', 'TEXT'), tokenCount: count }))
const reports = fc.oneof(
  fc
    .tuple(
      someOf(NAMES, count),
      someOf(DETAILS, someOf(INNER, count)),
      someOf(['promptTokensDetails', 'cacheTokensDetails', 'candidatesTokensDetails'], rows),
    )
    .map(([counts, details, lists]) => ({ ...counts, ...details, ...lists })),
  fc.anything(),
)

function logged(usage: Usage): Usage {
  const given = { project_id: 'p', chat_id: 'c', model: 'm', usage }
  return JSON.parse(lineOf(prepareEntry(given, 0, 'test'), '', 'test')).usage
}

function expectLaw(usage: Usage): void {
  const { prompt_tokens: prompt = -1, completion_tokens: completion = -1 } = usage
  expect(usage.total_tokens).toBe(prompt + completion)
  const of = (name: (typeof PARTS)[number]): number => usage[name] ?? 0
  expect(of('cache_read_tokens') + of('cache_write_tokens') + of('input_audio_tokens')).toBeLessThanOrEqual(
    prompt,
  )
  expect(of('cache_write_1h_tokens')).toBeLessThanOrEqual(of('cache_write_tokens'))
  expect(of('reasoning_tokens') + of('output_audio_tokens')).toBeLessThanOrEqual(completion)
  const buckets = bucketsOf(usage)
  const { outputText, reasoning, outputAudio, ...input } = buckets
  expect(Object.values(input).reduce((sum, tokens) => sum + tokens)).toBe(prompt)
  expect(outputText + reasoning + outputAudio).toBe(completion)
  for (const tokens of Object.values(buckets)) expect(Number.isSafeInteger(tokens) && tokens >= 0).toBe(true)
}

describe.each(APIS)('%s', (api) => {
  test('whatever is reported gives no usage or one that adds up, and logging it changes nothing', () => {
    fc.assert(
      fc.property(reports, (reported) => {
        const usage = normaliseUsage(api, reported)
        if (usage === undefined) return
        expectLaw(usage)
        const { provider_usage: _, ...counts } = usage
        expect(logged(counts)).toEqual(counts)
      }),
      { numRuns: 500 },
    )
  })
})

const tokens = fc.oneof({ weight: 8, arbitrary: fc.nat(60) }, { weight: 1, arbitrary: fc.nat(2 ** 40) })
const usages: fc.Arbitrary<Usage> = fc.record(
  {
    prompt_tokens: tokens,
    completion_tokens: tokens,
    total_tokens: tokens,
    cache_read_tokens: tokens,
    cache_write_tokens: tokens,
    cache_write_1h_tokens: tokens,
    input_audio_tokens: tokens,
    reasoning_tokens: tokens,
    output_audio_tokens: tokens,
  },
  { requiredKeys: [] },
)

test("a caller's usage adds up once it is logged, and its buckets are those of what it gave", () => {
  fc.assert(
    fc.property(usages, (usage) => {
      const kept = logged(usage)
      expectLaw(kept)
      expect(bucketsOf(usage)).toEqual(bucketsOf(kept))
      expect(logged(kept)).toEqual(kept)
      // What stays for an hour was written, whether that is said or not.
      const given = { ...usage, cache_write_tokens: usage.cache_write_tokens ?? usage.cache_write_1h_tokens }
      const cut = PARTS.filter((name) => kept[name] !== given[name])
      expect(new Set(kept.repaired ?? [])).toEqual(new Set(cut))
    }),
    { numRuns: 1_000 },
  )
})
