import { expect, test } from 'vitest'
import { ValidationError } from '../../errors.js'
import { checkRules } from './check-rules.js'

function refusal(given: unknown): [code: string, ...problems: string[]] {
  try {
    checkRules(given, 'prices.json')
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    return [error.code, ...error.problems.map(({ field, message }) => `${field}: ${message}`)]
  }
  return ['none']
}

const good = { match: 'acme-1', input: 1, output: 2 }
const text = 'x'.repeat(257)

test.each<[string, unknown]>([
  ['no rules', { rules: [] }],
  ['one rule', { rules: [good] }],
  [
    'a rule with all fields',
    {
      rules: [
        {
          ...good,
          provider: 'p',
          start: '2026-01-31',
          cache_read: 0,
          tiers: [{ above: 1, output: 3 }],
          batch: { input: 1, output: 1 },
          note: 'n',
        },
      ],
    },
  ],
  [
    'the same match at another start, provider or kind',
    {
      rules: [
        good,
        { ...good, start: '2026-01-01' },
        { ...good, provider: 'p' },
        { ...good, match: { prefix: 'acme-1' } },
      ],
    },
  ],
])('takes %s', (_, given) => {
  expect(refusal(given)).toEqual(['none'])
})

test.each<[string, unknown, RegExp]>([
  ['null', null, /^prices\.json: is not \{"rules"/],
  ['a list', [good], /^prices\.json: is not \{"rules"/],
  ['rules that are no list', { rules: { good } }, /^prices\.json: is not \{"rules"/],
  ['too many rules', { rules: Array(10_001).fill(good) }, /at most 10000 rules/],
  ['a field beside the rules', { rules: [], ruls: [] }, /not known beside rules: "ruls"/],
  ['a rule that is none', { rules: ['gpt-4o'] }, /^prices\.json: rules\[0\]: is not an object/],
  ['no match', { rules: [{ input: 1, output: 1 }] }, /rules\[0\]\.match: is no name/],
  ['an empty match', { rules: [{ ...good, match: '' }] }, /rules\[0\]\.match/],
  ['a long match', { rules: [{ ...good, match: text }] }, /rules\[0\]\.match/],
  ['two matches', { rules: [{ ...good, match: { prefix: 'a', exact: 'b' } }] }, /rules\[0\]\.match/],
  ['a match of an unknown kind', { rules: [{ ...good, match: { regex: 'a' } }] }, /rules\[0\]\.match/],
  ['a match by number', { rules: [{ ...good, match: 4 }] }, /rules\[0\]\.match/],
  [
    'no input',
    { rules: [{ match: 'acme-1', output: 1 }] },
    /rules\[0\]\.input: is missing.*\(rule for "acme-1"\)/,
  ],
  ['no output', { rules: [{ match: 'acme-1', input: 1 }] }, /rules\[0\]\.output: is missing/],
  [
    'a rate in text',
    { rules: [good, { ...good, match: 'b', cache_read: '1' }] },
    /rules\[1\]\.cache_read: .*\(rule for "b"\)/,
  ],
  ['a rate below 0', { rules: [{ ...good, input: -1 }] }, /rules\[0\]\.input: is no number of USD/],
  ['a rate that is none', { rules: [{ ...good, output: Number.NaN }] }, /rules\[0\]\.output/],
  [
    'a rate without end',
    { rules: [{ ...good, per_request: Number.POSITIVE_INFINITY }] },
    /rules\[0\]\.per_request/,
  ],
  ['a field that is misspelt', { rules: [{ ...good, cache_reed: 1 }] }, /rules\[0\]: .*"cache_reed"/],
  [
    '__proto__',
    JSON.parse('{"rules":[{"match":"a","input":1,"output":1,"__proto__":{"input":0}}]}'),
    /"__proto__"/,
  ],
  ['a start that is no date', { rules: [{ ...good, start: '2026-02-30' }] }, /rules\[0\]\.start/],
  ['a start without a zone', { rules: [{ ...good, start: '2026-02-03T10:00:00' }] }, /rules\[0\]\.start/],
  ['a start in numbers', { rules: [{ ...good, start: 2026 }] }, /rules\[0\]\.start/],
  ['a provider that is none', { rules: [{ ...good, provider: '' }] }, /rules\[0\]\.provider/],
  ['a note that is no text', { rules: [{ ...good, note: 1 }] }, /rules\[0\]\.note/],
  ['tiers that are no list', { rules: [{ ...good, tiers: {} }] }, /rules\[0\]\.tiers/],
  ['a tier that is none', { rules: [{ ...good, tiers: [1] }] }, /rules\[0\]\.tiers\[0\]/],
  [
    'a tier without its size',
    { rules: [{ ...good, tiers: [{ input: 1 }] }] },
    /rules\[0\]\.tiers\[0\]\.above/,
  ],
  ['two tiers of a size', { rules: [{ ...good, tiers: [{ above: 1 }, { above: 1 }] }] }, /tiers\[1\]\.above/],
  [
    'a wrong rate in a tier',
    { rules: [{ ...good, tiers: [{ above: 1, input: null }] }] },
    /tiers\[0\]\.input/,
  ],
  ['a tier in a tier', { rules: [{ ...good, tiers: [{ above: 1, tiers: [] }] }] }, /tiers\[0\]: .*"tiers"/],
  ['priority that is none', { rules: [{ ...good, priority: [] }] }, /rules\[0\]\.priority/],
  ['a batch that is none', { rules: [{ ...good, batch: 0.5 }] }, /rules\[0\]\.batch/],
  [
    'a batch without its rates',
    { rules: [{ ...good, batch: { input: 1 } }] },
    /rules\[0\]\.batch\.output: is missing/,
  ],
  [
    'a wrong tier of a batch',
    { rules: [{ ...good, batch: { input: 1, output: 1, tiers: [{}] } }] },
    /batch\.tiers\[0\]\.above/,
  ],
  [
    'the same rule twice',
    { rules: [good, { ...good, match: { exact: 'ACME-1' } }] },
    /rules\[1\]: .*of rules\[0\]/,
  ],
])('refuses %s', (_, given, problem) => {
  const [code, ...problems] = refusal(given)
  expect(code).toBe('PRICES_INVALID')
  expect(problems.join('\n')).toMatch(problem)
})

test('tells all that is wrong, up to twenty', () => {
  expect(
    refusal({
      rules: [
        { ...good, input: -1 },
        { ...good, match: 'b', start: 'x' },
      ],
    }),
  ).toHaveLength(3)
  expect(refusal({ rules: Array.from({ length: 1_000 }, () => 7) })).toHaveLength(21)
})
