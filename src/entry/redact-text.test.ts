import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { looksLikeSecret, REDACTED, redactText } from './redact.js'

/** Made here, so that no scanner takes this file for a leak. */
function body(length: number, alphabet = 'a1B2c3D4e5F6g7H8'): string {
  return alphabet.repeat(Math.ceil(length / alphabet.length)).slice(0, length)
}
const JWT = `eyJ${body(20)}.eyJ${body(40)}.${body(43)}`
const PEM_LINES = [
  '-----BEGIN RSA PRIVATE KEY-----',
  'Proc-Type: 4,ENCRYPTED',
  '',
  `${body(62)}+/`,
  `${body(20)}==`,
  '-----END RSA PRIVATE KEY-----',
]

const SECRETS: Readonly<Record<string, string>> = {
  'OpenAI legacy': `sk-${body(48)}`,
  'OpenAI project': `sk-proj-${body(30)}-${body(30)}_${body(40)}`,
  'OpenAI service account': `sk-svcacct-${body(40)}`,
  Anthropic: `sk-ant-api03-${body(60)}_-${body(30)}`,
  OpenRouter: `sk-or-v1-${body(64, '0123456789abcdef')}`,
  Google: `AIza${body(35)}`,
  'AWS key id': `AKIA${body(16, 'A2B3C4D5')}`,
  'AWS temporary key id': `ASIA${body(16, 'A2B3C4D5')}`,
  'GitHub personal': `ghp_${body(36)}`,
  'GitHub OAuth': `gho_${body(36)}`,
  'GitHub server': `ghs_${body(36)}`,
  'GitHub fine-grained': `github_pat_${body(22)}_${body(59)}`,
  'Slack bot': `xoxb-${body(12, '1234')}-${body(12, '1234')}-${body(24)}`,
  'Slack user': `xoxp-${body(12, '1234')}-${body(24)}`,
  'Stripe live': `sk_live_${body(24)}`,
  'Stripe restricted': `rk_live_${body(24)}`,
  GitLab: `glpat-${body(20)}`,
  'Hugging Face': `hf_${body(34)}`,
  npm: `npm_${body(36)}`,
  SendGrid: `SG.${body(22)}.${body(43)}`,
  Twilio: `SK${body(32, '0123456789abcdef')}`,
  Groq: `gsk_${body(52)}`,
  xAI: `xai-${body(80)}`,
  Replicate: `r8_${body(37)}`,
  Perplexity: `pplx-${body(48)}`,
  NVIDIA: `nvapi-${body(64)}`,
  JWT,
  'PEM private key': PEM_LINES.join('\n'),
  'PEM private key, CRLF': PEM_LINES.join('\r\n'),
  'PEM private key, indented by tabs': PEM_LINES.join('\n\t\t'),
  'PEM private key, form feeds and vertical tabs': PEM_LINES.join('\f\v\n'),
}

/** What is left when the secret part is taken out. */
const IN_CONTEXT: Readonly<Record<string, readonly [text: string, redacted: string]>> = {
  'bearer header': ['Authorization: Bearer abc123def456', `Authorization: Bearer ${REDACTED}`],
  'bearer with a JWT': [`authorization: bearer ${JWT}`, `authorization: bearer ${REDACTED}`],
  'basic header': ['Authorization: Basic dXNlcjpwYXNzd29yZA==', `Authorization: Basic ${REDACTED}`],
  'basic without padding': ['Basic dXNlcjpwYXNz', `Basic ${REDACTED}`],
  'password in an address': [
    'postgres://admin:hunter2@db:5432/app',
    `postgres://admin:${REDACTED}@db:5432/app`,
  ],
  'password without a user': ['redis://:hunter2@cache', `redis://:${REDACTED}@cache`],
  'password with @ in it': ['mysql://u:p@ss:w@db/x', `mysql://u:${REDACTED}@db/x`],
  'key as user name': [`https://${SECRETS['OpenAI legacy']}:x@h/`, `https://${REDACTED}:${REDACTED}@h/`],
  'key= parameter': [
    'GET https://api.test/v1?key=abc&model=gpt-4o',
    `GET https://api.test/v1?key=${REDACTED}&model=gpt-4o`,
  ],
  'token= parameter': ['/path?a=1&token=xyz#top', `/path?a=1&token=${REDACTED}#top`],
  'api_key= parameter': ['?api_key=1', `?api_key=${REDACTED}`],
  'signed address': ['?X-Amz-Signature=0af3&X-Amz-Date=1', `?X-Amz-Signature=${REDACTED}&X-Amz-Date=1`],
  'password= in prose': [
    'login failed: user=bob password=hunter2 code=7',
    `login failed: user=bob password=${REDACTED} code=7`,
  ],
  'two in one text': [`a ${SECRETS.Google} b ${SECRETS.npm} c`, `a ${REDACTED} b ${REDACTED} c`],
  'after a newline': [`first\n${SECRETS.npm}`, `first\n${REDACTED}`],
  'after an escape that ends in a letter': [`\u001f${SECRETS.Replicate}\b`, `\u001f${REDACTED}\b`],
  'after a backslash': [`C:\\${SECRETS.Google}`, `C:\\${REDACTED}`],
  'a key cut off after its header': ['-----BEGIN PRIVATE KEY-----\nMIIE', REDACTED],
}

const PLAIN: Readonly<Record<string, string>> = {
  UUID: '0192f0c1-7b3a-7e5e-9d6f-1234567890ab',
  'ISO timestamp': '2026-01-31T14:00:00.000Z',
  'short id': 'chat-12',
  'SHA-256': body(64, '0123456789abcdef'),
  'SHA-1 in a path': `objects/${body(40, '0123456789abcdef')}.json`,
  'upper-case word': 'ASIAN MARKETS AND AKIARAHEIGHTS',
  'task slug': 'task-list-of-everything-to-do-2026, risk-assessment-quarterly-report',
  'sk in a slug': 'locale sk-SK, package sk-learn-pipeline-experiment-12',
  'model names':
    'openai/gpt-4o claude-sonnet-4-5-20250929 gemini-2.5-pro pplx-70b-online xai/grok-4 hf_model_name_that_is_very_long',
  'embedding model': 'text-embedding-3-small@2024-02-01 whisper-large-v3-turbo',
  'npm variable': 'npm_config_user_agent npm_package_version npm_lifecycle_script_name',
  'token counts': 'max_tokens=4096 prompt_tokens=12 total_tokens=40 tokens=3',
  'prose on authorization':
    'Bearer authentication required. Basic functionality works, Basic English, Basic JavaScript, Basic OpenTelemetry.',
  'address with a port': 'http://127.0.0.1:4600/api/stats?group_by=day&to_date=2026-01-31',
  'address with an e-mail': 'https://host:443/users/a@b.test?email=a@b.test and mailto:a@b.test',
  'address with a user': 'ssh://git@example.test/repo.git',
  'sort key': 'sort key=name; monkey=1',
  certificate: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
  'escape letters': '\npm_ \r8_ \bearer \t \f \\ "',
  'empty text': '',
}

describe('redactText', () => {
  it.each(Object.entries(SECRETS))('takes a whole %s key out, plain and serialized', (_name, secret) => {
    const text = `before ${secret} after`
    expect(redactText(text)).toBe(`before ${REDACTED} after`)
    expect(JSON.parse(redactText(JSON.stringify({ text })))).toEqual({ text: `before ${REDACTED} after` })
    expect(looksLikeSecret(secret)).toBe(true)
  })

  it.each(Object.entries(IN_CONTEXT))('keeps what is around it: %s', (_name, [text, redacted]) => {
    expect(redactText(text)).toBe(redacted)
    expect(JSON.parse(redactText(JSON.stringify([text])))).toEqual([redacted])
  })

  it.each(Object.entries(PLAIN))('leaves alone: %s', (_name, text) => {
    expect(redactText(text)).toBe(text)
    expect(redactText(JSON.stringify({ text, list: [text] }))).toBe(JSON.stringify({ text, list: [text] }))
    expect(looksLikeSecret(text)).toBe(false)
  })

  it('leaves a full log line alone', () => {
    const line = JSON.stringify({
      id: PLAIN.UUID,
      chat_id: 'chat-12',
      model: 'openai/gpt-4o',
      timestamp_start: '2026-01-31T14:00:00.000Z',
      usage: { prompt_tokens: 1200, completion_tokens: 340, total_tokens: 1540 },
      params: { max_tokens: 4096, token_budget: 7 },
      messages_included: [PLAIN.UUID],
    })
    expect(redactText(line)).toBe(line)
  })

  it('tells a backslash before npm_ from a newline before pm_ in serialized text', () => {
    expect(JSON.parse(redactText(JSON.stringify(`C:\\${SECRETS.npm}`)))).toBe(`C:\\${REDACTED}`)
    expect(JSON.parse(redactText(JSON.stringify(`\n${SECRETS.npm?.slice(1)}`)))).toBe(
      `\n${SECRETS.npm?.slice(1)}`,
    )
  })

  it('takes out a key inside JSON inside JSON', () => {
    const inner = JSON.stringify({ pem: SECRETS['PEM private key'], line: `\n${SECRETS.npm}` })
    const outer = redactText(JSON.stringify({ body: JSON.stringify({ inner }) }))
    expect(outer).not.toContain(body(20))
    expect(JSON.parse(JSON.parse(JSON.parse(outer).body).inner).pem).toBe(REDACTED)
  })

  const pieces = fc.oneof(
    fc.constantFrom(...Object.values(SECRETS)),
    fc.constantFrom(...Object.values(IN_CONTEXT).map(([text]) => text)),
    fc.constantFrom(...Object.values(PLAIN)),
    fc.constantFrom(
      'sk-',
      'Bearer ',
      'Basic ',
      '://',
      '://u:',
      '@',
      '?key=',
      '=',
      '&',
      REDACTED,
      'eyJ',
      '\\',
      '"',
    ),
    fc.constantFrom(
      '-----BEGIN PRIVATE KEY-----',
      '\n',
      '\r',
      '\b',
      '\f',
      '\t',
      '\u0000',
      '\u2028',
      '\ud800',
      '.',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  )
  const texts = fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join(''))

  it('leaves serialized JSON that parses, whatever it holds', () => {
    const values = fc.oneof(texts, fc.jsonValue(), fc.dictionary(texts, texts, { maxKeys: 3 }))
    fc.assert(
      fc.property(values, (value) => {
        const line = redactText(JSON.stringify({ value }))
        expect(line).not.toContain('\n')
        expect(Object.keys(JSON.parse(line))).toEqual(['value'])
      }),
      { numRuns: 2000 },
    )
  })

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const plain = redactText(text)
        expect(redactText(plain)).toBe(plain)
        const line = redactText(JSON.stringify(text))
        expect(redactText(line)).toBe(line)
      }),
      { numRuns: 2000 },
    )
  })

  // A quadratic rule would need minutes here and run into the test's time limit.
  it.each([
    'sk-',
    'sk-proj-',
    'eyJ',
    'eyJ-',
    'eyJaaaaa.',
    '://',
    '://a:',
    '@',
    'SG.',
    'SG.aaaaaaaaaaaaaaaa.',
    'Bearer ',
    'Basic ',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN ',
    '-',
    '?key=',
    '?a.',
    '\\',
    '\\n',
    '\\\\n',
    'AKIA',
    'A',
    'xoxb-',
    'glpat-aaaaaaaaaaaaaaaa.',
    ' ',
    '=',
    REDACTED,
  ])('is linear on a megabyte of %j', (fragment) => {
    const openers = [
      '',
      'Bearer ',
      'Basic ',
      '://u:',
      '?key=',
      '-----BEGIN PRIVATE KEY-----',
      `sk-${body(20)} `,
    ]
    for (const opener of openers) {
      const text = opener + fragment.repeat(1_000_000 / fragment.length)
      expect(redactText(text).length).toBeLessThanOrEqual(text.length + REDACTED.length * 200_000)
    }
  })
})
