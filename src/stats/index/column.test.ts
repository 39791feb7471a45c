import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCodes, decodeDoubles, encodeCodes, encodeDoubles, encodeRising, type Rows } from './column.js'

/** As they are read from a file: at a multiple of 8 of a buffer of their own. */
function stored(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}

const numbers = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 70_000 }),
  fc.maxSafeInteger(),
  fc.nat(10_000_000).map((millionths) => millionths / 1e6),
  fc.double({ min: 0 }),
  fc.constantFrom(
    Number.NaN,
    0,
    0.1,
    254,
    255,
    65_534,
    65_535,
    2 ** 32 - 2,
    2 ** 32 - 1,
    2 ** 53,
    Number.MAX_VALUE,
  ),
)

/** All rows, and those without some at both ends. */
function expectRows<Column extends Float64Array | Uint32Array>(
  column: Column,
  decode: (rows: Rows) => Column,
): void {
  const { length } = column
  expect(decode({ from: 0, to: length })).toEqual(column)
  const from = Math.floor(length / 3)
  const to = Math.max(from, length - 1)
  expect(Array.from(decode({ from, to }))).toEqual(Array.from(column.slice(from, to)))
}

test('doubles come back bit by bit, whatever they are stored as', () => {
  fc.assert(
    fc.property(fc.array(numbers, { maxLength: 40 }), (values) => {
      const column = Float64Array.from(values)
      const { shape, bytes } = encodeDoubles(column)
      expectRows(column, (rows) => decodeDoubles(shape, stored(bytes), rows))
    }),
    { numRuns: 2_000 },
  )
})

test('rising numbers come back', () => {
  const instants = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 })
  fc.assert(
    fc.property(fc.array(fc.oneof(instants, fc.nat(100_000)), { maxLength: 30 }), (values) => {
      const column = Float64Array.from(values).sort()
      const { shape, bytes } = encodeRising(column)
      expectRows(column, (rows) => decodeDoubles(shape, stored(bytes), rows))
    }),
  )
})

test('codes come back', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(300), fc.nat(2 ** 32 - 1)), { maxLength: 30 }), (values) => {
      const codes = Uint32Array.from(values)
      const { shape, bytes } = encodeCodes(codes)
      expectRows(codes, (rows) => decodeCodes(shape, stored(bytes), rows))
    }),
  )
})

test.each<[string, number[], number]>([
  ['small whole numbers take a byte', [0, 10, 254], 3],
  ['one more takes two', [0, 10, 255], 6],
  ['none takes the place of the largest', [0, Number.NaN, 254], 6],
  ['far from 0 but near each other', [1e12, 1e12 + 200], 2],
  ['amounts of millionths of a dollar', [0.000_001, 0.06], 4],
  ['nothing but none', [Number.NaN, Number.NaN], 0],
  ['numbers of no unit', [Math.PI, 1], 16],
])('%s', (_, values, length) => {
  expect(encodeDoubles(Float64Array.from(values)).bytes).toHaveLength(length)
})
