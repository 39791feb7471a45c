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
        // The second of two.
        const keys = [...chatKey('another'), ...chatKey(`chat-${chat}`)]
        table.add({ keys, sums: new Float64Array(2 * TOTALS).fill(amount, TOTALS) }, 1)
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
