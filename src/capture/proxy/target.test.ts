import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { resolveProxyOptions } from './options.js'
import { targetOf } from './target.js'

const { upstreams } = resolveProxyOptions({
  openai: {},
  local: { baseUrl: 'http://127.0.0.1:8080' },
  deep: { baseUrl: 'http://127.0.0.1:8080/a/b/' },
})

describe('goes on unchanged', () => {
  test.each([
    ['/proxy/openai/chat/completions', '/v1/chat/completions'],
    ['/proxy/openai', '/v1'],
    ['/proxy/openai/', '/v1/'],
    ['/proxy/local', '/'],
    ['/proxy/local/', '/'],
    ['/proxy/local?a=b', '/?a=b'],
    ['/proxy/deep/c?x=../..//&y=%2e%2e', '/a/b/c?x=../..//&y=%2e%2e'],
    ['/proxy/deep/models/org%2Fmodel', '/a/b/models/org%2Fmodel'],
    ['/proxy/deep/a..b/...c/.well-known', '/a/b/a..b/...c/.well-known'],
    ['/proxy/deep/100%25', '/a/b/100%25'],
    ['/proxy/deep/a;v=1/b', '/a/b/a;v=1/b'],
  ])('%s', (url, path) => {
    expect(targetOf(url, upstreams)).toMatchObject({ path })
  })
})

describe('could lead out of the base path', () => {
  test.each([
    '/proxy/deep/..',
    '/proxy/deep/../x',
    '/proxy/deep/x/../../../y',
    '/proxy/deep/.',
    '/proxy/deep/./x',
    '/proxy/deep//evil.example/x',
    '/proxy/deep/x//y',
    '/proxy/deep/..\\x',
    '/proxy/deep/x\\y',
    '/proxy/deep/%2e%2e/x',
    '/proxy/deep/.%2E/x',
    '/proxy/deep/..%2fx',
    '/proxy/deep/%2e%2e%2fx',
    '/proxy/deep/x%2f..%2f..%2fy',
    '/proxy/deep/x%2f%2fy',
    '/proxy/deep/..%5cx',
    '/proxy/deep/%252e%252e/x',
    '/proxy/deep/%25252e%25252e%25252fx',
    '/proxy/deep/%2525252525252525252e',
    '/proxy/deep/..;/x',
    '/proxy/deep/..%3b/x',
    '/proxy/deep/..;a=b/x',
    '/proxy/deep/x%00',
    '/proxy/deep/x#y',
    'http://evil.example/proxy/deep/x',
    'http://127.0.0.1/proxy/deep/x',
    '//evil.example/proxy/deep/x',
    '*',
    'evil.example:443',
    '',
  ])('%s', (url) => {
    expect(targetOf(url, upstreams)).toBe('INVALID_PROXY_PATH')
  })
})

test.each([
  '/proxy/other/x',
  '/proxy/',
  '/proxy//x',
  '/proxy/__proto__/x',
  '/proxy/constructor',
  '/proxy/OpenAI/x',
  '/proxy/open%61i/x',
  '/proxy/openai%2fx',
  '/proxy/../x',
])('%s names no upstream', (url) => {
  expect(targetOf(url, upstreams)).toBe('UPSTREAM_NOT_FOUND')
})

test('whatever the path, and however often a server decodes it, it stays below the base path', () => {
  const piece = fc.constantFrom(
    '.',
    '..',
    '/',
    '\\',
    '%',
    '2e',
    '2F',
    '5c',
    '25',
    '3b',
    ';',
    'a',
    '%2e',
    '%25',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const target = targetOf(`/proxy/deep/${pieces.join('')}`, upstreams)
      if (typeof target === 'string') return
      let path = target.path
      for (let round = 0; round < 8; round += 1) {
        expect(new URL(path, 'http://host').host).toBe('host')
        expect(new URL(path, 'http://host').pathname).toMatch(/^\/a\/b(?:\/|$)/)
        path = path.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
        if (path.includes('?') || path.includes('#')) return
      }
    }),
    { numRuns: 5_000 },
  )
})
