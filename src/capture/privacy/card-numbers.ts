/** Numbers of payment cards: known by how they begin, how long they are, and the check digit of ISO/IEC 7812-1 (Luhn). */

/** Digits at once or in groups; no card is printed in groups of fewer than three. */
const DIGIT_RUN = /\d{3,}(?:[ -]\d{3,})*/g
const MIN_LENGTH = 12

export function withoutCardNumbers(text: string): string {
  return text.replace(DIGIT_RUN, (run) => (run.length < MIN_LENGTH ? run : withoutCardsInRun(run)))
}

/** A run may hold several cards, or other digits beside one: a card begins and ends where a group does. */
function withoutCardsInRun(run: string): string {
  let kept = ''
  let at = 0
  while (at < run.length) {
    const end = isGroupStart(run, at) ? cardEnd(run, at) : at
    kept += end > at ? '[CARD]' : run.charAt(at)
    at = Math.max(end, at + 1)
  }
  return kept
}

/** Where the longest card that begins here ends; here when there is none. Looks at the shortest run that can hold one. */
function cardEnd(run: string, from: number): number {
  if (!FIRST_DIGITS.includes(run.charAt(from))) return from
  const limit = Math.min(run.length, from + MAX_LENGTH * 2)
  let digits = ''
  let end = from
  for (let at = from; at < limit && digits.length < MAX_LENGTH; at += 1) {
    const character = run.charAt(at)
    if (!isDigit(character)) continue
    digits += character
    if (isGroupEnd(run, at) && isCard(digits)) end = at + 1
  }
  return end
}

const MAX_LENGTH = 19
/** Of all schemes below. */
const FIRST_DIGITS = '23456'

interface Scheme {
  readonly begins: RegExp
  readonly lengths: readonly number[]
}

/** The ranges that the schemes publish for their issuers. */
const SCHEMES: readonly Scheme[] = [
  { begins: /^4/, lengths: [13, 16, 19] }, // Visa
  { begins: /^(?:5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720))/, lengths: [16] }, // Mastercard
  { begins: /^3[47]/, lengths: [15] }, // American Express
  { begins: /^(?:6011|64[4-9]|65)/, lengths: [16, 17, 18, 19] }, // Discover
  { begins: /^35(?:2[89]|[3-8])/, lengths: [16, 17, 18, 19] }, // JCB
  { begins: /^3(?:0[0-5]|095|[689])/, lengths: [14, 15, 16, 17, 18, 19] }, // Diners Club
  { begins: /^62/, lengths: [16, 17, 18, 19] }, // UnionPay
  { begins: /^(?:50|5[6-9]|6[0-9])/, lengths: [12, 13, 14, 15, 16, 17, 18, 19] }, // Maestro
]

function isCard(digits: string): boolean {
  const known = SCHEMES.some(({ begins, lengths }) => lengths.includes(digits.length) && begins.test(digits))
  return known && hasLuhnDigit(digits)
}

/** Every second digit from the right but one counts double, less nine where that has two digits; the sum ends in 0. */
export function hasLuhnDigit(digits: string): boolean {
  let sum = 0
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place])
    const weighed = place % 2 === 0 ? digit : digit * 2
    sum += weighed > 9 ? weighed - 9 : weighed
  }
  return sum % 10 === 0
}

function isGroupStart(run: string, at: number): boolean {
  return isDigit(run.charAt(at)) && !isDigit(run.charAt(at - 1))
}

function isGroupEnd(run: string, at: number): boolean {
  return !isDigit(run.charAt(at + 1))
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9'
}
