import { expect, test } from 'vitest'
import type { PricedRequest } from '../priced-request.js'
import { checkRules } from './check-rules.js'
import type { PriceRule } from './rule.js'

const M = 1_000_000

function amount(rules: readonly PriceRule[], more: Partial<PricedRequest>): number | null | undefined {
  const request: PricedRequest = {
    model: 'acme-1',
    provider: undefined,
    responseModel: undefined,
    serviceTier: undefined,
    startMs: Date.UTC(2026, 6, 1),
    prompt: M,
    completion: 0,
    cacheRead: 0,
    cacheWrite: 0,
    cacheWrite1h: 0,
    inputAudio: 0,
    outputAudio: 0,
    reasoning: 0,
    ...more,
  }
  return checkRules({ rules }, 'prices').price(request)?.amount
}

/** Rules that a million tokens of input tells apart. */
const rule = (match: PriceRule['match'], input: number, more: Partial<PriceRule> = {}): PriceRule => ({
  match,
  input,
  output: 0,
  ...more,
})

const starts = [
  rule('acme-1', 1),
  rule('acme-1', 2, { start: '2026-07-01' }),
  rule('acme-1', 3, { start: '2027-01-01' }),
]
const kinds = [rule({ pattern: '*acme-1*' }, 1), rule({ prefix: 'acme-' }, 2), rule('acme-1', 3)]

test.each<[string, readonly PriceRule[], Partial<PricedRequest>, number | undefined]>([
  ['none', [], {}, undefined],
  ['one of another model', [rule('acme-2', 1)], {}, undefined],
  ['exact over prefix over pattern', kinds, {}, 3],
  ['prefix over pattern', kinds, { model: 'acme-10' }, 2],
  ['the pattern where nothing else fits', kinds, { model: 'my-acme-1' }, 1],
  ['the longer prefix', [rule({ prefix: 'acme-' }, 2), rule({ prefix: 'a' }, 1)], {}, 2],
  [
    'the longer pattern, wildcards not counted',
    [rule({ pattern: '*****e*****' }, 1), rule({ pattern: 'a*1' }, 2)],
    {},
    2,
  ],
  ['the first of equals', [rule({ pattern: 'a*1' }, 1), rule({ pattern: '*-1' }, 2)], {}, 1],
  ['the start before the request', starts, { startMs: Date.UTC(2026, 6, 1) - 1 }, 1],
  ['the later start, from its first moment on', starts, {}, 2],
  ['the latest start', starts, { startMs: Date.UTC(2030, 0) }, 3],
  [
    'an exact rule that has not started leaves it to the others',
    [...kinds.slice(0, 2), rule('acme-1', 3, { start: '2027-01-01' })],
    {},
    2,
  ],
  [
    'an instant with a zone',
    [rule('acme-1', 1), rule('acme-1', 2, { start: '2026-07-01T02:00:00+02:00' })],
    {},
    2,
  ],
  ['upper case', [rule('ACME-1', 1)], { model: 'Acme-1' }, 1],
  ['the model behind its provider', [rule('acme-1', 1)], { model: 'acme/acme-1' }, 1],
  ['the model that answered', [rule('acme-1', 1)], { model: 'my-deployment', responseModel: 'acme-1' }, 1],
  ['a provider', [rule('acme-1', 1), rule('acme-1', 2, { provider: 'Acme' })], { provider: 'acme' }, 2],
  [
    'a provider in front of the model',
    [rule('acme-1', 2, { provider: 'acme' })],
    { model: 'acme/acme-1' },
    2,
  ],
  [
    'the entry knows its provider better than the name of the model',
    [rule('acme-1', 2, { provider: 'acme' })],
    { model: 'acme/acme-1', provider: 'gateway' },
    undefined,
  ],
  ['another provider', [rule('acme-1', 2, { provider: 'acme' })], { provider: 'other' }, undefined],
  ['free, as it is said', [rule('acme-1', 0)], {}, 0],
  ['a name like __proto__', [rule('__proto__', 1)], { model: '__proto__' }, 1],
])('%s', (_, rules, request, expected) => {
  expect(amount(rules, request)).toBe(expected)
})

const rich: PriceRule = {
  match: 'acme-1',
  input: 1,
  output: 2,
  cache_read: 0.1,
  cache_write: 1.25,
  cache_write_1h: 2.5,
  input_audio: 10,
  output_audio: 20,
  per_request: 0.5,
  tiers: [
    { above: 4 * M, input: 100, output: 200 },
    { above: 2 * M, input: 10, per_request: 1 },
  ],
  batch: { input: 0.5, output: 1, tiers: [{ above: 2 * M, input: 5 }] },
}
const plain: PriceRule = { match: 'acme-1', input: 1, output: 2 }

test.each<[string, PriceRule, Partial<PricedRequest>, number]>([
  [
    'each bucket at its own rate',
    rich,
    {
      prompt: 1_600_000,
      cacheRead: 400_000,
      cacheWrite: 300_000,
      cacheWrite1h: 200_000,
      inputAudio: 100_000,
      completion: 90_000,
      outputAudio: 30_000,
    },
    0.8 * 1 + 0.4 * 0.1 + 0.1 * 1.25 + 0.2 * 2.5 + 0.1 * 10 + 0.06 * 2 + 0.03 * 20 + 0.5,
  ],
  [
    'rates that are not given are those of the whole',
    plain,
    {
      prompt: M,
      cacheRead: 100_000,
      cacheWrite: 200_000,
      cacheWrite1h: 50_000,
      inputAudio: 100_000,
      completion: M,
      outputAudio: M,
    },
    3,
  ],
  ['a prompt as large as the tier says is not above it', rich, { prompt: 2 * M }, 2.5],
  ['a tier prices the whole request', rich, { prompt: 2 * M + 1 }, 20.00001 + 1],
  [
    'what a tier does not say is as beside it',
    rich,
    { prompt: 2 * M + 1, cacheRead: 2 * M + 1 },
    0.2000001 + 1,
  ],
  ['the highest tier', rich, { prompt: 5 * M }, 500.5],
  ['a batch has rates of its own', rich, { serviceTier: 'batch', completion: M }, 1.5],
  ['and none of the others', rich, { serviceTier: 'flex', cacheRead: M }, 0.5],
  ['and tiers', rich, { serviceTier: 'batch', prompt: 3 * M }, 15],
  ['a batch without rates costs as any request', plain, { serviceTier: 'batch' }, 1],
  [
    'priority has rates of its own',
    { ...rich, priority: { input: 3, output: 7 } },
    { serviceTier: 'priority', completion: M },
    10,
  ],
  ['another tier of service', rich, { serviceTier: 'default' }, 1.5],
])('%s', (_, priced, request, expected) => {
  expect(amount([priced], request)).toBeCloseTo(expected, 11)
})

test('priority without rates of its own has no price, though its model has one', () => {
  expect(amount([rich], { serviceTier: 'priority' })).toBeUndefined()
})
