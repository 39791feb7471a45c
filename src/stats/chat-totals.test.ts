import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ChatTable, chatKey, TOTALS } from './chat-totals.js'

test('a table holds the sums of each chat, however many there are', () => {
  const added = fc.array(fc.tuple(fc.nat(200), fc.nat(9)), { maxLength: 300 })
  fc.assert(
    fc.property(added, (pairs) => {
      const table = new ChatTable()
      const expected = new Map<number, number>()
      for (const [chat, amount] of pairs) {
        table.add(chatKey(`chat-${chat}`), new Float64Array(TOTALS + 1).fill(amount, 1), 1)
        expected.set(chat, (expected.get(chat) ?? 0) + amount)
      }
      for (let chat = 0; chat <= 200; chat++) {
        const sums = expected.get(chat)
        expect(table.get(chatKey(`chat-${chat}`))).toEqual(
          sums === undefined ? undefined : new Float64Array(TOTALS).fill(sums),
        )
      }
    }),
  )
})
