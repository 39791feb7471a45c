/** Phone numbers as people write them: international (E.164), of North America, and with the 0 of a national network. */

/** What may stand between two digits. */
const BETWEEN = '[ .\\/()\u00a0-]{0,3}'

/** Neither inside a word nor behind a digit or its sign: then it is a part of another number. */
const START = '(?<![\\p{L}\\p{N}_+])(?<!\\d[.,:/-])'
const END = '(?![\\p{L}\\p{N}_]|[.:,/-]\\d)'

/** + and 7 to 15 digits. The sign begins a number wherever it stands. */
const INTERNATIONAL = `(?<!\\+)\\+[1-9](?:${BETWEEN}\\d){6,14}`

const NATIONAL = [
  // 00 in place of the sign.
  `00[1-9](?:${BETWEEN}\\d){7,13}`,
  // Area code and exchange begin with 2 to 9.
  '(?:1[ .-])?(?:\\([2-9]\\d{2}\\) ?|[2-9]\\d{2}[ .-])[2-9]\\d{2}[ .-]\\d{4}',
  // 0, then 9 to 11 digits at once, or groups after the area code.
  '0[1-9]\\d{8,10}',
  '\\(?0[1-9]\\d{0,4}\\)?(?:[ \\/-]{1,3}\\d{2,8}){1,4}',
]

const PHONE = new RegExp(`(?:${INTERNATIONAL}|${START}(?:${NATIONAL.join('|')}))${END}`, 'gu')

export function withoutPhoneNumbers(text: string): string {
  return text.replace(PHONE, (found) => (isPhone(found) ? '[PHONE]' : found))
}

/** A date such as 01-02-2026 has eight digits; a national number with its area code has more. */
function isPhone(found: string): boolean {
  const digits = found.replace(/\D/g, '').length
  return digits <= MAX_DIGITS && (digits >= MIN_NATIONAL || /^(?:\+|00)/.test(found))
}

const MAX_DIGITS = 17
const MIN_NATIONAL = 9
