import { describe, expect, test } from 'vitest'
import { resolveProxyOptions } from './options.js'

const HASH = 'a'.repeat(64)

test('the known providers need a name alone', () => {
  const { upstreams } = resolveProxyOptions({ openai: {}, anthropic: {}, openrouter: {} })
  const shown = [...upstreams.values()].map(({ name, baseUrl, api, provider }) => [
    name,
    baseUrl.href,
    api,
    provider,
  ])
  expect(shown).toEqual([
    ['openai', 'https://api.openai.com/v1', 'openai', 'openai'],
    ['anthropic', 'https://api.anthropic.com/', 'anthropic', 'anthropic'],
    ['openrouter', 'https://openrouter.ai/api/v1', undefined, 'openrouter'],
  ])
})

test('under a known name another base URL is another server', () => {
  const { upstreams } = resolveProxyOptions({ openai: { baseUrl: 'http://127.0.0.1:9/v1' } })
  expect(upstreams.get('openai')).toMatchObject({ api: undefined, provider: '127.0.0.1' })
})

test('defaults', () => {
  expect(resolveProxyOptions({})).toMatchObject({
    maxBodyBytes: 67_108_864,
    stallTimeoutMs: 600_000,
    privacy: {},
  })
})

describe('refused, with the name of the option', () => {
  test.each([
    ['upstreams', undefined],
    ['upstreams', []],
    ['upstreams.other.baseUrl', { other: {} }],
    ['upstreams.a/b', { 'a/b': { baseUrl: 'http://a' } }],
    ['upstreams.__proto__', JSON.parse('{"__proto__": {"baseUrl": "http://a"}}')],
    ['upstreams.a', { a: 'http://a' }],
    ['upstreams.a.url', { a: { url: 'http://a' } }],
    ['upstreams.a.baseUrl', { a: { baseUrl: 'file:///etc/passwd' } }],
    ['upstreams.a.baseUrl', { a: { baseUrl: 'a.example/v1' } }],
    ['upstreams.a.baseUrl', { a: { baseUrl: 'http://user:pass@a.example' } }],
    ['upstreams.a.baseUrl', { a: { baseUrl: 'http://a.example/?key=1' } }],
    ['upstreams.a.api', { a: { baseUrl: 'http://a', api: 'gemini' } }],
    ['upstreams.a.projectId', { a: { baseUrl: 'http://a', projectId: '' } }],
    ['upstreams.a.chatId', { a: { baseUrl: 'http://a', chatId: '' } }],
  ])('%s', (field, upstreams) => {
    expect(() => resolveProxyOptions(upstreams)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', problems: [expect.objectContaining({ field })] }),
    )
  })

  test.each([
    ['proxy.key', { key: [] }],
    ['proxy.keys', { keys: {} }],
    ['proxy.keys[0].sha256', { keys: [{ sha256: 'sk-secret', projectId: 'p' }] }],
    ['proxy.keys[0].projectId', { keys: [{ sha256: HASH }] }],
    [
      'proxy.keys[1].sha256',
      {
        keys: [
          { sha256: HASH, projectId: 'p' },
          { sha256: HASH.toUpperCase(), projectId: 'q' },
        ],
      },
    ],
    ['proxy.maxBodyBytes', { maxBodyBytes: 0 }],
    ['proxy.stallTimeoutMs', { stallTimeoutMs: 2 ** 31 }],
    ['proxy.content', { content: 'some' }],
    ['proxy.personalData', { personalData: 1 }],
    ['proxy.headers', { headers: 'x' }],
  ])('%s', (field, options) => {
    let thrown: unknown
    try {
      resolveProxyOptions({ openai: {} }, options)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'INVALID_OPTION', problems: [{ field }] })
    // It may be the key itself that stands there by mistake.
    expect(String(thrown)).not.toContain('sk-secret')
  })
})
