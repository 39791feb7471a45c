/**
 * Credential-shaped substrings become `[REDACTED]`. Works on plain text and on a serialized JSON line alike:
 * a match never holds `"`, never splits an escape, and so the line stays valid JSON. No I/O.
 */

import { holdsKeyRun } from './key-runs.js'

export const REDACTED = '[REDACTED]'

interface Rule {
  readonly pattern: RegExp
  /** What takes the match's place; `$1` is what stays of it. */
  readonly replacement: string
}

/**
 * Where a key may begin: not inside a word, and not on the letter of an escape (`\npm_` is a newline and `pm_`),
 * but right after a whole escape (`\nsk-`) or after an escaped backslash.
 */
const START = String.raw`(?:(?<![A-Za-z0-9\\])|(?<=\\)(?![bfnrtu])|(?<=\\[bfnrt])|(?<=\\u[0-9a-fA-F]{4})|(?<=(?<!\\)(?:\\\\){1,8}))`

/** Each form takes all letters and digits that follow, so that what comes after it never begins a key by itself. */
function keys(forms: readonly RegExp[]): Rule {
  const source = forms.map((form) => form.source).join('|')
  return { pattern: new RegExp(`${START}(?:${source})`, 'g'), replacement: REDACTED }
}

/** Files and addresses. */
const PEM_KEY: Rule = {
  // In serialized text the line ends are \n escapes, escaped twice where JSON stands inside JSON.
  pattern:
    /-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=:,.\s]|-(?!-)|\\{1,8}[rn]){0,16384}(?:-----END [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----)?/g,
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
    /((?:[?&;](?:[a-z0-9_.-]{0,64}[_.-])?(?:key|token|sig|signature|auth|pwd)|api[_-]?key|access[_-]?key|(?:access|auth|refresh|id|session)[_-]?token|secret|password|passwd)=)(?!\[REDACTED\])[^&\s"'\\#<>]+/gi,
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

const DASHED_KEYS = keys([
  // OpenAI, Anthropic and the providers that took over their form.
  /sk-(?:(?:proj|svcacct|admin|None|ant|or|lf)-[A-Za-z0-9_-]{16,}|[A-Za-z0-9]{20,}[A-Za-z0-9_-]*)/,
  /AIza[A-Za-z0-9_-]{30,}/, // Google
  /A[KS]IA[A-Z0-9]{16,}(?![A-Za-z0-9])/, // AWS
  /glpat-[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_-]+)*/, // GitLab
  /SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/, // SendGrid
  /SK[0-9a-f]{32}(?![A-Za-z0-9])/, // Twilio
  // A JWT begins only where its run of characters does, or `eyJ-eyJ-...` would be scanned again from each.
  /(?<![_-])eyJ[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)*/,
])

const NAMED_KEYS = keys([
  /gh[pousr]_[A-Za-z0-9]{20,}/, // GitHub
  /github_pat_[A-Za-z0-9_]{20,}/,
  /xox[abeprs]-[A-Za-z0-9-]{10,}/, // Slack
  /[sr]k_(?:live|test)_[A-Za-z0-9]{10,}/, // Stripe
  /whsec_[A-Za-z0-9]{20,}/,
  /hf_[A-Za-z0-9]{30,}/, // Hugging Face
  /npm_[A-Za-z0-9]{30,}/,
  /gsk_[A-Za-z0-9]{20,}/, // Groq
  /xai-[A-Za-z0-9]{20,}/,
  /r8_[A-Za-z0-9]{20,}/, // Replicate
  /pplx-[A-Za-z0-9]{20,}/, // Perplexity
  /nvapi-[A-Za-z0-9_-]{20,}/, // NVIDIA
])

const SCHEMES = /(?:earer|asic|EARER|ASIC|BEGIN) /
const PARAMETERS = /(?:key|token|sig|signature|auth|pwd|secret|password|passwd)=/i
const USERINFOS = /:\/\/[^\s/"@]*@/
const DASHED =
  /sk-[A-Za-z0-9_-]{16}|A[KS]IA|AIza|eyJ|SG\.[A-Za-z0-9_-]{16}|SK[0-9a-f]{32}|glpat-[A-Za-z0-9_-]{16}/
const NAMED =
  /gh[pousr]_|hub_pat|hf_[A-Za-z0-9]{30}|npm_[A-Za-z0-9]{30}|gsk_|xai-|r8_|xox[abeprs]-|plx-|k_live|k_test|whsec_|nvapi-/

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
  if (DASHED.test(redacted)) redacted = replace(redacted, [DASHED_KEYS])
  return NAMED.test(redacted) ? replace(redacted, [NAMED_KEYS]) : redacted
}

function replace(text: string, rules: readonly Rule[]): string {
  return rules.reduce((redacted, { pattern, replacement }) => redacted.replace(pattern, replacement), text)
}

/** Whether redactText would change the text. */
export function looksLikeSecret(text: string): boolean {
  return redactText(text) !== text
}
