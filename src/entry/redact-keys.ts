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

/**
 * Whether a field holds what must not be written: text or a number under a secret's name, or a list of these, or an
 * object that is no schema. That a secret is absent is worth knowing.
 */
export function isSecretField(name: string, value: unknown, isSecret = isSecretKey): boolean {
  switch (typeof value) {
    case 'string':
      return value !== '' && isSecret(name) && !isVocabulary(name, value)
    case 'number':
    case 'bigint':
      // A number under `id_token` is a place in a vocabulary.
      return isSecret(name) && !/token$/i.test(name)
    case 'object':
      if (value === null || !isSecret(name)) return false
      if (Array.isArray(value)) return value.some((item) => isSecretField(name, item, isSecret))
      // The properties of a JSON schema are named for what they describe.
      return !('type' in value && typeof value.type === 'string')
    default:
      return false
  }
}

/** A bare `token` is a word of a model's answer unless it has the shape of a credential. */
function isVocabulary(name: string, value: string): boolean {
  return name === 'token' && !/^\S{16,}$/.test(value)
}
