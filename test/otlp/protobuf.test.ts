import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeTraces, entriesOf, protobufAnswer } from '../../src/capture/otlp/index.js'
import { chat, exportOf, protobufOf, START, span, type Values } from './spans.js'

const EVERYTHING = exportOf(
  [
    chat(1, {
      text: 'ü\u0000',
      yes: true,
      small: -1,
      large: Number.MAX_SAFE_INTEGER,
      real: 0.1,
      list: ['a', 1],
      map: { k: 'v' },
    }),
    span(
      2,
      { 'gen_ai.operation.name': 'chat', 'error.type': 'timeout' },
      {
        parentSpanId: '00000000000000ff',
        status: { code: 2, message: 'too late' },
        events: [
          { name: 'First Token Stream Event', timeUnixNano: String(START + 1_000_000n), attributes: [] },
        ],
      },
    ),
  ],
  { 'service.name': 'support', 'deployment.environment.name': 'test' },
)

describe('an export in protobuf', () => {
  test.each([
    ['events', 11],
    ['attributes', 9],
  ])('of millions of empty %s in one span is refused before they are all made', (_name, field) => {
    const empty = Buffer.alloc(4_000_000)
    for (let at = 0; at < empty.length; at += 2) empty[at] = field * 8 + WireType.LengthDelimited
    const within = (number: number, bytes: Uint8Array): Uint8Array =>
      new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(bytes).finish()
    const request = within(1, within(2, within(2, empty)))
    expect(() => decodeTraces(request)).toThrow('too many values')
  })

  test('gives the entries that it gives in JSON', () => {
    const fromProtobuf = entriesOf(decodeTraces(protobufOf(EVERYTHING)))
    const fromJson = entriesOf(EVERYTHING)
    expect(fromProtobuf.rejected).toEqual([])
    expect(fromProtobuf.entries.map(({ fields, place }) => ({ fields, place }))).toEqual(
      fromJson.entries.map(({ fields, place }) => ({ fields, place })),
    )
    expect(fromProtobuf.entries).toHaveLength(2)
  })

  test('does so for any attributes', () => {
    const value = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true }).filter(isFraction),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(value, fc.array(value))), (attributes: Values) => {
        const request = exportOf([chat(1, attributes)])
        const [read] = entriesOf(decodeTraces(protobufOf(request))).entries
        for (const [name, expected] of Object.entries(attributes)) {
          expect(read?.spans[0].attributes.value(name)).toEqual(expected)
        }
      }),
    )
  })

  test('without a byte is one without spans', () => {
    expect(entriesOf(decodeTraces(new Uint8Array()))).toEqual({ entries: [], rejected: [] })
  })

  test('with fields that nobody knows is read as without them', () => {
    const unknown = new BinaryWriter()
    unknown.tag(99, WireType.LengthDelimited).string('new').tag(98, WireType.Varint).int64(7)
    unknown.tag(1, WireType.Bit32).fixed32(7)
    const bytes = Buffer.concat([unknown.finish(), protobufOf(exportOf([chat(1)]))])
    expect(entriesOf(decodeTraces(bytes)).entries).toHaveLength(1)
  })
})

describe('bad protobuf', () => {
  const bytes = protobufOf(exportOf([chat(1)]))

  test('cut at any byte is refused', () => {
    for (let length = 1; length < bytes.length; length++) {
      expect(() => decodeTraces(bytes.subarray(0, length)), `${length} bytes`).toThrow()
    }
  })

  test('any bytes are refused or read, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (any) => {
        try {
          entriesOf(decodeTraces(any))
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
    )
  })

  test('one bit turned anywhere is refused or read', () => {
    for (let at = 0; at < bytes.length * 8; at++) {
      const turned = Uint8Array.from(bytes)
      turned[at >> 3] = (turned[at >> 3] ?? 0) ^ (1 << (at & 7))
      try {
        entriesOf(decodeTraces(turned))
      } catch (error) {
        expect(error).toBeInstanceOf(Error)
      }
    }
  })

  test.each([
    ['values within values', 5, 1],
    ['maps within maps', 6, 1],
  ])('%s, 1,000 deep, are refused', (_name, kind, item) => {
    expect(() => decodeTraces(deepValue(1_000, kind, item))).toThrow(/deep/)
  })

  test('groups within groups are refused', () => {
    const groups = new BinaryWriter()
    for (let depth = 0; depth < 10_000; depth++) groups.tag(50, WireType.StartGroup)
    expect(() => decodeTraces(groups.finish())).toThrow()
  })

  test('a length beyond its message is refused', () => {
    const inner = new BinaryWriter().tag(2, WireType.LengthDelimited).uint32(1000).finish()
    const outer = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(inner)
    const padded = outer.tag(77, WireType.LengthDelimited).bytes(new Uint8Array(2000)).finish()
    expect(() => decodeTraces(padded)).toThrow()
  })
})

describe('the answer in protobuf', () => {
  test('is empty when all is well', () => {
    expect(protobufAnswer({ rejectedSpans: 0, errorMessage: '' })).toHaveLength(0)
  })

  test('names the number and the reason', () => {
    // Field 1 of the response, in it field 1 as a varint and field 2 as a text.
    expect([...protobufAnswer({ rejectedSpans: 300, errorMessage: 'no' })]).toEqual([
      0x0a, 7, 0x08, 0xac, 0x02, 0x12, 2, 0x6e, 0x6f,
    ])
  })
})

/** A span's attribute that holds lists of lists, or maps of maps, of this depth. */
function deepValue(depth: number, kind: number, item: number): Uint8Array {
  let bytes: Uint8Array = new BinaryWriter().tag(1, WireType.LengthDelimited).string('x').finish()
  for (let at = 0; at < depth; at++) {
    const value = kind === 6 ? wrapped(2, bytes) : bytes
    bytes = wrapped(kind, wrapped(item, value))
  }
  // value of the attribute, attribute of the span, span, scope, resource.
  return [2, 9, 2, 2, 1].reduce((inner, number) => wrapped(number, inner), bytes)
}

function wrapped(number: number, bytes: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(bytes).finish()
}

function isFraction(number: number): boolean {
  return Number.isFinite(number) && !Number.isInteger(number)
}
