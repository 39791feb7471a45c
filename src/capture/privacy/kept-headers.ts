/** The request headers that an application wants in its log. */
import { isSecretKey, redactedCut } from '../../entry/redact.js'

/** Longer values are cut: a header is a word, not a text. */
const MAX_CHARACTERS = 1_000

/** Those of the names that were sent, in lower case; never one that holds a secret. Undefined when there is none. */
export function keptHeaders(
  names: readonly string[] | undefined,
  sent: Headers | undefined,
): Readonly<Record<string, string>> | undefined {
  if (names === undefined || sent === undefined) return undefined
  const kept = new Map<string, string>()
  for (const name of names) {
    if (isSecretKey(name)) continue
    const value = sent.get(name)
    if (value !== null) kept.set(name.toLowerCase(), redactedCut(value, MAX_CHARACTERS))
  }
  return kept.size === 0 ? undefined : Object.fromEntries(kept)
}
