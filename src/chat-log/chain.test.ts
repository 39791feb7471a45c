import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KINDS, PARTS } from '../../test/secrets/kinds.js'
import { redactText } from '../entry/redact.js'
import { Chain, chainId, contentText } from './chain.js'
import type { HistoryMessage } from './message.js'

const CHAT = 'chat-1'
const KEY = `sk-ant-api03-${'a1B2'.repeat(8)}`

/** The ids without anything remembered. */
function idsOf(after: string | null, history: readonly HistoryMessage[]): string[] {
  const ids: string[] = []
  for (const { role, content } of history) {
    ids.push(chainId(CHAT, ids.at(-1) ?? after, role, JSON.stringify(redactText(content))))
  }
  return ids
}

test('whatever was asked for before, a message has the id of its place and content', () => {
  const text = fc.constantFrom('a', 'b', KEY, `${KEY}x`, 'long '.repeat(8_000), 'longer '.repeat(12_000))
  const message = fc.record({ role: fc.constantFrom('user' as const, 'assistant' as const), content: text })
  const histories = fc.array(fc.array(message, { maxLength: 5 }), { maxLength: 3 })
  const step = fc.record({ keep: fc.nat(6), more: fc.array(message, { maxLength: 3 }), behind: fc.boolean() })
  fc.assert(
    fc.property(histories, fc.array(step, { maxLength: 8 }), (first, steps) => {
      const chain = new Chain(CHAT)
      let last: readonly HistoryMessage[] = []
      const ask = (kept: readonly HistoryMessage[], more: readonly HistoryMessage[], behind: boolean) => {
        const after = behind ? (idsOf(null, kept).at(-1) ?? null) : null
        const history = behind ? more : [...kept, ...more]
        const texts = new Map<string, string>()
        const links = chain.follow(after, history, texts)
        expect(links.map(({ id }) => id)).toEqual(idsOf(after, history))
        for (const { id, given } of links) expect([contentText(given), undefined]).toContain(texts.get(id))
        last = [...kept, ...more]
      }
      for (const history of first) ask([], history, false)
      // The last conversation cut and continued, sent whole or only its end.
      for (const { keep, more, behind } of steps) ask(last.slice(0, keep), more, behind)
    }),
    { numRuns: 500 },
  )
})

test.each([
  ...Object.entries(KINDS).map(([name, form]) => [name, form, (secret: string) => secret] as const),
  ...Object.entries(PARTS).map(
    ([name, [before, form, after]]) =>
      [name, form, (secret: string) => `${before}${secret}${after}`] as const,
  ),
])('%s is not in the content, whatever stands around it', (_name, form, told) => {
  const separator = fc.constantFrom(' ', '\n', '\t', '\r\n', '\f', '\v', '\b', '"', '密', '\u2028')
  fc.assert(
    fc.property(fc.stringMatching(form), separator, separator, (secret, before, after) => {
      expect(JSON.parse(contentText(`so${before}${told(secret)}${after}`))).not.toContain(secret)
    }),
    { numRuns: 20 },
  )
})

test('of a conversation only what is new is hashed', () => {
  const chain = new Chain(CHAT)
  const history: HistoryMessage[] = [
    { role: 'system', content: 'Answer.' },
    { role: 'user', content: 'Why?' },
  ]
  const first = chain.follow(null, history)
  const [answer] = chain.follow(first[1]?.id ?? null, [{ role: 'assistant', content: 'So.' }])
  const again = chain.follow(null, [...history, { role: 'assistant', content: 'So.' }])
  expect([first[0] === again[0], first[1] === again[1], answer === again[2]]).toEqual([true, true, true])
})

test('of many chats those that were not used for longest are forgotten', () => {
  const history: HistoryMessage[] = [{ role: 'user', content: 'x'.repeat(60 * 1024) }]
  const first = new Chain('first')
  const last = new Chain('last')
  const [asked, kept] = [first.follow(null, history)[0], last.follow(null, history)[0]]
  for (let i = 0; i < 200; i++) {
    new Chain(`chat-${i}`).follow(null, history)
    expect(last.follow(null, history)[0]).toBe(kept)
  }
  expect(first.follow(null, history)[0]).toEqual(asked)
  expect(first.follow(null, history)[0]).not.toBe(asked)
})
