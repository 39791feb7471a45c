import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdTable, type Seen } from './id-table.js'

const line = (text: string): Buffer => Buffer.from(text)

test.each<[string, readonly (string | undefined)[], readonly Seen[]]>([
  ['a pending line and its end', [undefined, 'a'], ['new', 'again']],
  ['an end and a late pending line', ['a', undefined], ['new', 'again']],
  ['a resend', ['a', 'a'], ['new', 'resent']],
  ['two ends', ['a', 'b', 'a', 'b'], ['new', 'doubled', 'resent', 'doubled']],
  ['pending lines', [undefined, undefined], ['new', 'again']],
])('%s', (_, finals, expected) => {
  const table = new IdTable()
  expect(finals.map((final) => table.see('id', final === undefined ? undefined : line(final)))).toEqual(
    expected,
  )
  expect(table.count).toBe(1)
})

test('tells ids apart as a map does', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(9_000), fc.option(fc.nat(2))), { minLength: 6_000, maxLength: 12_000 }),
      (seen) => {
        const table = new IdTable()
        const map = new Map<number, number | null>()
        for (const [id, final] of seen) {
          const before = map.get(id)
          const expected: Seen =
            before === undefined
              ? 'new'
              : before === null || final === null
                ? 'again'
                : before === final
                  ? 'resent'
                  : 'doubled'
          expect(table.see(`id-${id}`, final === null ? undefined : line(`final ${final}`))).toBe(expected)
          if (before == null) map.set(id, final)
        }
        expect(table.count).toBe(map.size)
      },
    ),
    { numRuns: 5 },
  )
})
