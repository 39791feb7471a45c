/** Personal data by its look: e-mail addresses, phone numbers, card numbers, IBANs. Linear in the text. */
import { withoutCardNumbers } from './card-numbers.js'
import { withoutIbans } from './iban.js'
import { withoutPhoneNumbers } from './phone-numbers.js'

/**
 * The text with each of them replaced by `[EMAIL]`, `[PHONE]`, `[CARD]` or `[IBAN]`. What has a check digit is checked;
 * phone numbers have none, so some other numbers that look like one are taken too.
 */
export function withoutPersonalData(text: string): string {
  const addressless = text.includes('@') ? withoutEmails(text) : text
  if (!MANY_DIGITS.test(addressless)) return addressless
  // The longer forms first, since a part of one may look like a phone number.
  return withoutPhoneNumbers(withoutCardNumbers(withoutIbans(addressless)))
}

/** Seven digits with at most two other characters between: the fewest that any of the forms has. */
const MANY_DIGITS = /\d(?:[^\d\n]{0,2}\d){6}/

/**
 * A run of the characters of a local part is entered at its beginning only, and a label of a domain holds no dot, so
 * no character is looked at more than a few times.
 */
const EMAIL =
  /(?<![\p{L}\p{N}._%+'-])[\p{L}\p{N}._%+'-]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+\p{L}{2,24}/gu

function withoutEmails(text: string): string {
  return text.replace(EMAIL, (found, at: number) =>
    // In serialized text the letter of an escape such as \n stands before the address.
    text[at - 1] === '\\' && ESCAPES.includes(found.charAt(0)) ? `${found.charAt(0)}[EMAIL]` : '[EMAIL]',
  )
}

const ESCAPES = 'nrtbf'
