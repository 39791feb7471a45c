import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { KINDS, PARTS } from '../../test/secrets/kinds.js'
import { REDACTED, redactText } from './redact.js'

vi.resetModules()
// All forms are searched in every text then: what is compared with is redaction without the look for beginnings.
vi.doMock('./key-prefixes.js', async (original) => ({ ...(await original<object>()), keyGroups: () => 7 }))
const { redactText: redactSearchingAll } = await import('./redact-text.js')

test('there are more than 50 kinds', () => {
  expect(Object.keys(KINDS).length + Object.keys(PARTS).length).toBeGreaterThan(50)
})

describe('a secret is taken out, whatever its digits', () => {
  test.each(Object.entries(KINDS))('%s', (_name, form) => {
    fc.assert(
      fc.property(fc.stringMatching(form), (secret) => {
        expect(redactText(`before ${secret} after`)).toBe(`before ${REDACTED} after`)
        const text = `first\n${secret}\n"${secret}"`
        const serialized = JSON.parse(redactText(JSON.stringify({ text })))
        expect(serialized).toEqual({ text: `first\n${REDACTED}\n"${REDACTED}"` })
        expect(redactText(`密钥${secret}，`)).toBe(`密钥${REDACTED}，`)
      }),
      { numRuns: 20 },
    )
  })

  test.each(Object.entries(PARTS))('%s', (_name, [before, form, after]) => {
    fc.assert(
      fc.property(fc.stringMatching(form), (secret) => {
        const redacted = redactText(`see ${before}${secret}${after} there`)
        expect(redacted).toBe(`see ${before}${REDACTED}${after} there`)
      }),
      { numRuns: 20 },
    )
  })
})

test('where no beginning is seen, no form finds anything', () => {
  const secret = fc.constantFrom(...Object.values(KINDS)).chain((form) => fc.stringMatching(form))
  const around = fc.constantFrom(
    ' ',
    '\n',
    '\\n',
    '\\u0041',
    '\\\\',
    '"',
    'x',
    '-',
    '_',
    '.',
    ':',
    '\u0141',
    '中',
    'é',
  )
  const piece = fc.oneof(secret, around, fc.stringMatching(/^[A-Za-z0-9._~+/=-]{0,30}$/))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const text = pieces.join('')
      expect(redactText(text)).toBe(redactSearchingAll(text))
      expect(redactText(redactText(text))).toBe(redactText(text))
    }),
    { numRuns: 500 },
  )
})

describe('what only looks a little like one stays', () => {
  test.each([
    'the patterns of a status_code_pattern, us1-east, fc-barcelona, key-value-store-of-the-year',
    'AKIDO, LTAI, dapifer, secret_of_the_old_house_on_the_hill_beyond_the_river, re_export_everything_as_it_is',
    'https://docs.example/webhooks/how-to-receive-them-in-your-own-application',
    'Node 20.20.0, M1.Pro.2021, N/A, 12345678:AAPL',
    'e2b_template sl.2024 dp.st.prod pul-up fig_1 glsa_team rnd_seed',
    `objects/${'0123456789abcdef'.repeat(4)}.json`,
  ])('%s', (text) => {
    expect(redactText(text)).toBe(text)
  })
})
