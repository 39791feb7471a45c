/**
 * Credential-shaped substrings become `[REDACTED]`. Works on plain text and on a serialized JSON line alike:
 * a match never holds `"`, never splits an escape, and so the line stays valid JSON. No I/O.
 */

import { DASHED_KEYS, NAMED_KEYS, SERVICE_KEYS } from './key-forms.js'
import { DASHED, keyGroups, NAMED, SERVICE } from './key-prefixes.js'
import { holdsKeyRun } from './key-runs.js'

export const REDACTED = '[REDACTED]'

interface Rule {
  readonly pattern: RegExp
  /** What takes the match's place; `$1` is what stays of it. */
  readonly replacement: string
}

/** Files and addresses. */
const PEM_KEY: Rule = {
  // In serialized text the line ends are \n escapes, escaped twice where JSON stands inside JSON.
  pattern:
    /-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=:,.\s]|-(?!-)|\\{1,8}(?:[rntf]|u000[Bb])){0,16384}(?:-----END [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----)?/g,
  replacement: REDACTED,
}
/** scheme://user:password@host */
const USERINFO: Rule = {
  pattern: /(:\/\/[^\s/?#@:"\\]*:)(?!\[REDACTED\]@)[^\s/?#"\\]+@/g,
  replacement: `$1${REDACTED}@`,
}
/** ?key= and &token= in a query; api_key= and password= anywhere. */
const PARAMETER: Rule = {
  pattern:
    /((?:[?&;](?:[a-z0-9_.-]{0,64}[_.-])?(?:key|token|sig|signature|auth|pwd)|(?:api|access|account)[_-]?key|(?:access|auth|refresh|id|session)[_-]?token|secret|password|passwd)=)(?!\[REDACTED\])[^&\s"'\\#<>]+/gi,
  replacement: `$1${REDACTED}`,
}
/** The look-ahead lets prose pass: "Bearer authentication". */
const BEARER: Rule = {
  pattern:
    /((?:[Bb]earer|BEARER) +)(?=[A-Za-z._~+/=-]{0,64}[0-9]|[A-Za-z._~+/=-]{24})[A-Za-z0-9._~+/=-]{8,}/g,
  replacement: `$1${REDACTED}`,
}
/** Prose passes here too: without a digit or a sign, base64 changes case more often than any word. */
const BASIC: Rule = {
  pattern:
    /((?:[Bb]asic|BASIC) +)(?=[A-Za-z_-]{0,64}[0-9+/=]|[A-Za-z]{0,64}[a-z][A-Z][A-Za-z]{0,64}[a-z][A-Z])[A-Za-z0-9+/_-]{8,}={0,2}/g,
  replacement: `$1${REDACTED}`,
}

/** Addresses that are a secret themselves. */
const WEBHOOK: Rule = {
  pattern:
    /(hooks\.slack\.com\/[a-z]{3,12}\/|discord(?:app)?\.com\/api\/webhooks\/[0-9]{5,25}\/)[A-Za-z0-9/_-]{20,}/g,
  replacement: `$1${REDACTED}`,
}
const KEYS: readonly (readonly [group: number, Rule])[] = [
  [DASHED, { pattern: DASHED_KEYS, replacement: REDACTED }],
  [NAMED, { pattern: NAMED_KEYS, replacement: REDACTED }],
  [SERVICE, { pattern: SERVICE_KEYS, replacement: REDACTED }],
]

const SCHEMES = /(?:earer|asic|EARER|ASIC|BEGIN) /
const PARAMETERS = /(?:key|token|sig|signature|auth|pwd|secret|password|passwd)=/i
const USERINFOS = /:\/\/[^\s/"@]*@/
/**
 * The text with every credential-shaped part replaced by `[REDACTED]`; the same string when there is none. What one
 * step leaves a later one may still take, never the other way round. Each begins with what is cheap to rule out.
 */
export function redactText(text: string): string {
  const mayHoldKey = holdsKeyRun(text)
  let redacted = text
  if (mayHoldKey && SCHEMES.test(text)) redacted = replace(redacted, [PEM_KEY, BEARER, BASIC])
  if (redacted.includes('=') && PARAMETERS.test(redacted)) redacted = replace(redacted, [PARAMETER])
  if (redacted.includes('://') && USERINFOS.test(redacted)) redacted = replace(redacted, [USERINFO])
  // A replacement makes no run longer.
  if (!mayHoldKey) return redacted
  if (redacted.includes('hooks')) redacted = replace(redacted, [WEBHOOK])
  const groups = keyGroups(redacted)
  if (groups === 0) return redacted
  return replace(
    redacted,
    KEYS.filter(([group]) => (groups & group) !== 0).map(([, rule]) => rule),
  )
}

function replace(text: string, rules: readonly Rule[]): string {
  return rules.reduce((redacted, { pattern, replacement }) => redacted.replace(pattern, replacement), text)
}

/** Whether redactText would change the text. */
export function looksLikeSecret(text: string): boolean {
  return redactText(text) !== text
}

/**
 * The text cut to a length. What is cut is redacted first: of a key across the cut too little would be left to be known
 * for one. What fits stays as it came, for whoever writes it to redact.
 */
export function redactedCut(text: string, length: number): string {
  return text.length <= length ? text : redactText(text).slice(0, length)
}
