/** International bank account numbers: known by their country, its length, and the check digits of ISO 13616 (mod 97). */

/** Characters of an IBAN by country, as its registry lists them. */
const LENGTHS: Readonly<Record<string, number>> = {
  ...{
    AD: 24,
    AE: 23,
    AL: 28,
    AT: 20,
    AZ: 28,
    BA: 20,
    BE: 16,
    BG: 22,
    BH: 22,
    BI: 27,
    BR: 29,
    BY: 28,
    CH: 21,
  },
  ...{
    CR: 22,
    CY: 28,
    CZ: 24,
    DE: 22,
    DJ: 27,
    DK: 18,
    DO: 28,
    EE: 20,
    EG: 29,
    ES: 24,
    FI: 18,
    FK: 18,
    FO: 18,
  },
  ...{
    FR: 27,
    GB: 22,
    GE: 22,
    GI: 23,
    GL: 18,
    GR: 27,
    GT: 28,
    HR: 21,
    HU: 28,
    IE: 22,
    IL: 23,
    IQ: 23,
    IS: 26,
  },
  ...{
    IT: 27,
    JO: 30,
    KW: 30,
    KZ: 20,
    LB: 28,
    LC: 32,
    LI: 21,
    LT: 20,
    LU: 20,
    LV: 21,
    LY: 25,
    MC: 27,
    MD: 24,
  },
  ...{
    ME: 22,
    MK: 19,
    MN: 20,
    MR: 27,
    MT: 31,
    MU: 30,
    NI: 28,
    NL: 18,
    NO: 15,
    OM: 23,
    PK: 24,
    PL: 28,
    PS: 29,
  },
  ...{
    PT: 25,
    QA: 29,
    RO: 24,
    RS: 22,
    RU: 33,
    SA: 24,
    SC: 31,
    SD: 18,
    SE: 24,
    SI: 19,
    SK: 24,
    SM: 27,
    SO: 23,
  },
  ...{ ST: 25, SV: 28, TL: 23, TN: 24, TR: 26, UA: 29, VA: 22, VG: 24, XK: 20, YE: 30 },
}

/** How one begins: a country and check digits, not inside a word. */
const BEGINNING = /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ -]?[A-Za-z0-9])/g

export function withoutIbans(text: string): string {
  let kept = ''
  let from = 0
  for (const { index } of text.matchAll(BEGINNING)) {
    const end = index < from ? index : ibanEnd(text, index)
    if (end === index) continue
    kept += `${text.slice(from, index)}[IBAN]`
    from = end
  }
  return kept + text.slice(from)
}

/** Where the IBAN ends that begins here; here when there is none. Groups are of any length, with one sign between. */
function ibanEnd(text: string, from: number): number {
  const length = LENGTHS[text.slice(from, from + 2).toUpperCase()] ?? 0
  let iban = ''
  let at = from
  while (iban.length < length) {
    const character = text.charAt(at)
    if (isPart(character)) iban += character
    else if (!isSeparator(character) || !isPart(text.charAt(at + 1))) return from
    at += 1
  }
  return length > 0 && !isPart(text.charAt(at)) && hasIbanDigits(iban) ? at : from
}

function isPart(character: string): boolean {
  return /^[A-Za-z0-9]$/.test(character)
}

function isSeparator(character: string): boolean {
  return character === ' ' || character === '-'
}

/** With the first four characters moved to the end and each letter as 10 to 35, the number leaves 1 when divided by 97. */
export function hasIbanDigits(iban: string): boolean {
  let rest = 0
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}
