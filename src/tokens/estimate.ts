/** Token counts guessed from text, for answers that never got their usage. No I/O. */

/**
 * About how many tokens a text is: 4 characters a token in Latin script, 2.5 in other alphabets, 1.25 in Chinese,
 * Japanese and Korean. An estimate, not a count: expect errors of a quarter, more on code and numbers.
 */
export function estimateTokens(text: string): number {
  let twentieths = 0
  for (let index = 0; index < text.length; index += 1) twentieths += weight(text.charCodeAt(index))
  return Math.ceil(twentieths / 20)
}

/** What a chat format adds around each message, and before the answer. */
export const TOKENS_PER_MESSAGE = 4
export const TOKENS_BEFORE_ANSWER = 3

/** The same for a history that is sent as prompt; 0 for none. */
export function estimatePromptTokens(history: readonly { readonly content: string }[]): number {
  if (history.length === 0) return 0
  let tokens = TOKENS_BEFORE_ANSWER
  for (const message of history) tokens += TOKENS_PER_MESSAGE + estimateTokens(message.content)
  return tokens
}

/** Twentieths of a token for a UTF-16 unit. */
function weight(unit: number): number {
  if (unit < LATIN_END) return 5
  if (unit < CJK_START || (unit >= SURROGATES_START && unit <= SURROGATES_END)) return 8
  return 16
}

const LATIN_END = 0x250
const CJK_START = 0x2e80
const SURROGATES_START = 0xd800
const SURROGATES_END = 0xdfff
