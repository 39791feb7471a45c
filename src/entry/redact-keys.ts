/** Which names of fields, headers and variables say that their value is a secret. No I/O. */

/** As whole words at the end of a name, once it is in snake_case: `X-API-Key`, `openaiApiKey`, `DB_PASSWORD`. */
const SECRET_NAME = new RegExp(
  `(?:^|_)(?:${[
    '(?:proxy_?)?authorization',
    '(?:x_?)?api_?keys?',
    '(?:access|secret|private|signing|encryption|master|account|subscription|service|auth)_?keys?',
    'pass(?:word|wd|phrase|code)s?',
    'pwd',
    '(?:client_?)?secrets?',
    '(?:access|auth|refresh|session|id|bearer|security|api|csrf|xsrf)_?token',
    'token',
    '(?:set_?)?cookies?2?',
    'credentials?',
    'jwt',
    'bearer',
    'connection_?string',
  ].join('|')})(?:_(?:id|value|string|base64|b64|hash|pem|header|old|new|current|previous))?$`,
)

/** Names that end like a secret and are none: counts, positions, and the special tokens of a vocabulary. */
const PLAIN_NAME =
  /(?:^|_)(?:first|last|per|next|each|every|eos|bos|pad|unk|stop|end|mask|sep|cls|special|page|continuation|cancellation)_token$|(?:^|_)token_(?:id|value|string|hash)$/

/**
 * Whether the value under this name is a secret: authorization, api_key, x-api-key, password, token, set-cookie,
 * AWS_SECRET_ACCESS_KEY, ... in any case. Counts are not: max_tokens, prompt_tokens, token_count.
 */
export function isSecretKey(name: string): boolean {
  // Longer names are data, not names.
  if (name.length > 128) return false
  const known = seen.get(name)
  if (known !== undefined) return known
  const snake = toSnakeCase(name)
  const secret = SECRET_NAME.test(snake) && !PLAIN_NAME.test(snake)
  if (seen.size >= 1024) seen.clear()
  seen.set(name, secret)
  return secret
}

/** Names repeat on every line; bounded, since some are the caller's data. */
const seen = new Map<string, boolean>()

function toSnakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
}
