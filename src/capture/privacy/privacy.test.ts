import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { CaptureOptions } from '../capture.js'
import { Privacy, REDACTION_FAILED } from './privacy.js'

const SECRET = `sk-proj-${'a1B2c3D4'.repeat(5)}`
const said = (content: string) => [{ role: 'user' as const, content }]

function privacyOf(options: Partial<CaptureOptions>) {
  const reported: unknown[] = []
  const unused = async (): Promise<never> => {
    throw new Error('not used')
  }
  const ledger = {
    logLLMRequest: unused,
    appendMessage: unused,
    appendMessages: unused,
    defer() {},
    logError: async (error: unknown): Promise<never> => {
      reported.push(error)
      return unused()
    },
  }
  return { privacy: new Privacy({ ledger, ...options }), reported }
}

describe('content modes', () => {
  test('full keeps the text', () => {
    const history = said('hello')
    expect(privacyOf({}).privacy.history(history)).toBe(history)
  })

  test('none keeps no message', () => {
    expect(privacyOf({ content: 'none' }).privacy.history(said('hello'))).toEqual([])
  })

  test('hashed keeps SHA-256 and length, the same for the same text', () => {
    const { privacy } = privacyOf({ content: 'hashed' })
    const hash = createHash('sha256').update('hello').digest('hex')
    expect(privacy.history(said('hello'))).toEqual(said(`sha256:${hash}:5`))
  })

  test('a secret is no part of the hash, which would tell who guesses it', () => {
    const { privacy } = privacyOf({ content: 'hashed' })
    const [first] = privacy.history(said(`key ${SECRET}`))
    expect(privacy.history(said('key [REDACTED]'))).toEqual([first])
  })
})

describe('redaction', () => {
  test('secrets go first, then personal data, then the rule of the application', () => {
    const seen: string[] = []
    const { privacy } = privacyOf({
      personalData: true,
      redact: (text) => {
        seen.push(text)
        return text.replaceAll('Anna', '[NAME]')
      },
    })
    expect(privacy.history(said(`Anna, a@b.example, ${SECRET}`))).toEqual(said('[NAME], [EMAIL], [REDACTED]'))
    expect(seen).toEqual(['Anna, [EMAIL], [REDACTED]'])
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['returns no string', () => JSON.parse('7')],
  ])('a rule that %s keeps its text out of the log and is reported once', (_name, redact) => {
    const { privacy, reported } = privacyOf({ redact })
    expect(privacy.history([...said('hello'), ...said('there')])).toEqual([
      ...said(REDACTION_FAILED),
      ...said(REDACTION_FAILED),
    ])
    expect(reported).toHaveLength(1)
  })

  test('every text of an entry is redacted, and nothing that counts', () => {
    const { privacy } = privacyOf({ personalData: true })
    const entry = {
      id: 'id',
      project_id: 'p',
      chat_id: 'c',
      model: 'model-4155550132@x.example',
      user_id: 'anna@example.org',
      tags: ['anna@example.org'],
      metadata: { 'anna@example.org': { phone: '+14155550132', n: 4155550132 } },
      error: { code: 'e', message: 'no account anna@example.org' },
      usage: { prompt_tokens: 4155550132 },
    }
    expect(privacy.entry(entry)).toEqual({
      ...entry,
      user_id: '[EMAIL]',
      tags: ['[EMAIL]'],
      metadata: { '[EMAIL]': { phone: '[PHONE]', n: 4155550132 } },
      error: { code: 'e', message: 'no account [EMAIL]' },
    })
  })

  test('hostile metadata is lived through', () => {
    const { privacy } = privacyOf({ redact: (text) => text.toUpperCase() })
    const circle: Record<string, unknown> = { a: 'x' }
    circle.self = circle
    const hostile = {
      circle,
      getter: {
        get broken(): never {
          throw new Error('no')
        },
      },
      proto: JSON.parse('{"__proto__":{"polluted":"yes"}}'),
      big: 10n,
    }
    expect(() => privacy.entry({ metadata: hostile })).not.toThrow()
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(Reflect.get({}, 'POLLUTED')).toBeUndefined()
  })

  test('without a rule nothing is copied', () => {
    const entry = { metadata: { a: 'anna@example.org' } }
    expect(privacyOf({}).privacy.entry(entry)).toBe(entry)
  })
})
