import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { resolveProxyOptions } from './options.js'
import { ownerOf } from './owner.js'

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex')
const settings = resolveProxyOptions(
  { bare: { baseUrl: 'http://a' }, owned: { baseUrl: 'http://a', projectId: 'up', chatId: 'up-chat' } },
  {
    keys: [
      { sha256: sha256('key-1'), projectId: 'p1', chatId: 'c1' },
      { sha256: sha256('key-2').toUpperCase(), projectId: 'p2' },
    ],
  },
)

function owner(headers: Record<string, string>, name = 'owned') {
  const upstream = settings.upstreams.get(name)
  if (upstream === undefined) throw new Error('no such upstream')
  return ownerOf(headers, upstream, settings)
}

describe('the project', () => {
  test.each([
    ['of the header', { 'x-ledgerline-project': 'h', 'x-api-key': 'key-1' }, 'h', 'proxy'],
    ['of the bearer key', { authorization: 'Bearer key-1' }, 'p1', 'c1'],
    ['of the key, in any case of the scheme', { authorization: 'bearer  key-2' }, 'p2', 'proxy'],
    ['of the key of Anthropic', { 'x-api-key': 'key-1' }, 'p1', 'c1'],
    ['of the key of Azure', { 'api-key': 'key-2' }, 'p2', 'proxy'],
    ['of the key of Google', { 'x-goog-api-key': 'key-2' }, 'p2', 'proxy'],
    ['of the upstream, with another key', { 'x-api-key': 'key-3' }, 'up', 'up-chat'],
    ['of the upstream, without a key', {}, 'up', 'up-chat'],
    ['and the chat of the header', { 'x-ledgerline-chat': 'h-chat', 'x-api-key': 'key-1' }, 'p1', 'h-chat'],
    ['and a chat that is none', { 'x-ledgerline-chat': '../x', 'x-api-key': 'key-1' }, 'p1', 'c1'],
    ['and an empty header', { 'x-ledgerline-project': '' }, 'up', 'up-chat'],
  ])('%s', (_name, headers, projectId, chatId) => {
    expect(owner(headers)).toEqual({ projectId, chatId })
  })

  test('there is none', () => {
    expect(owner({}, 'bare')).toBe('no project is named')
    expect(owner({ 'x-ledgerline-project': '../x' })).toBe(
      'the header x-ledgerline-project holds no id or slug',
    )
  })
})

test('who asks, and for what', () => {
  const utf8 = Buffer.from('Jürgen').toString('latin1')
  expect(
    owner({
      'x-ledgerline-user': utf8,
      'x-ledgerline-session': 's'.repeat(1000),
      'x-ledgerline-tags': ` a, ,b,${'c'.repeat(300)}`,
    }),
  ).toMatchObject({ userId: 'Jürgen', sessionId: 's'.repeat(256), tags: ['a', 'b', 'c'.repeat(256)] })
})

test('of a key across the cut nothing is kept', () => {
  const text = `${'a '.repeat(123)}sk-${'proj'}-${'Ab1'.repeat(16)}`
  const found = owner({
    'x-ledgerline-user': text,
    'x-ledgerline-session': text,
    'x-ledgerline-tags': `one,${text}`,
  })
  expect(found).toMatchObject({ userId: expect.stringMatching(/^a a/), tags: ['one', expect.any(String)] })
  expect(JSON.stringify(found)).not.toContain('sk-')
})
