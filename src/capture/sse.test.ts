import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SseBlocks, sseData } from './sse.js'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

function blocksOf(chunks: readonly Uint8Array[]): { blocks: string[]; rest: string } {
  const reader = new SseBlocks()
  const blocks = chunks
    .flatMap((chunk) => reader.push(chunk))
    .map(({ bytes }) => Buffer.from(bytes).toString())
  return { blocks, rest: Buffer.from(reader.rest().bytes).toString() }
}

test.each([
  ['LF', 'data: a\n\ndata: b\n\n', ['data: a\n\n', 'data: b\n\n'], ''],
  ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['data: a\r\n\r\n', 'data: b\r\n\r\n'], ''],
  ['CR', 'data: a\r\rdata: b\r\r', ['data: a\r\r', 'data: b\r\r'], ''],
  ['an unfinished block', 'data: a\n\ndata: b\n', ['data: a\n\n'], 'data: b\n'],
  ['several lines', 'event: x\ndata: a\ndata: b\n\n', ['event: x\ndata: a\ndata: b\n\n'], ''],
  ['nothing', '', [], ''],
])('blocks end with a blank line: %s', (_name, text, blocks, rest) => {
  expect(blocksOf([encode(text)])).toEqual({ blocks, rest })
})

const piece = fc.constantFrom(
  'data: é€😀',
  'data:{"a":1}',
  ': comment',
  'event: x',
  '\n',
  '\r\n',
  '\n\n',
  'x',
)

function cutInto(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  let from = 0
  for (const cut of cuts) {
    chunks.push(bytes.subarray(from, from + cut))
    from += cut
  }
  return [...chunks, bytes.subarray(from)]
}

test('whatever the chunks, the bytes are kept and the data is the same', () => {
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.nat(40)), (pieces, cuts) => {
      const bytes = encode(pieces.join(''))
      const chunks = cutInto(bytes, cuts)
      const whole = blocksOf([bytes])
      const cut = blocksOf(chunks)
      expect(cut.blocks.join('') + cut.rest).toBe(pieces.join(''))
      const dataOf = (blocks: string[]) => blocks.map((block) => sseData(encode(block))).filter(Boolean)
      expect(dataOf(cut.blocks)).toEqual(dataOf(whole.blocks))
    }),
  )
})

test('a block beyond the bound passes in pieces, unread, and the next one is read again', () => {
  const reader = new SseBlocks(8)
  const pushed = (text: string) =>
    reader.push(encode(text)).map(({ bytes, isReadable }) => [Buffer.from(bytes).toString(), isReadable])
  expect(pushed('data: 12')).toEqual([])
  expect(pushed('3')).toEqual([['data: 123', false]])
  expect(pushed('4')).toEqual([['4', false]])
  expect(pushed('\n\ndata:56\n\ndata')).toEqual([
    ['\n\n', false],
    ['data:56\n\n', false],
  ])
  expect(pushed(':7\n\n')).toEqual([['data:7\n\n', true]])
  expect(reader.rest()).toEqual({ bytes: new Uint8Array(), isReadable: true })
})

test('with a bound too the bytes are kept, and what is read does not depend on the chunks', () => {
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.nat(40)), fc.nat(60), (pieces, cuts, maxBytes) => {
      const bytes = encode(pieces.join(''))
      const read = (chunks: readonly Uint8Array[]) => {
        const reader = new SseBlocks(maxBytes)
        const blocks = [...chunks.flatMap((chunk) => reader.push(chunk)), reader.rest()]
        expect(Buffer.concat(blocks.map((block) => block.bytes)).toString()).toBe(pieces.join(''))
        return blocks
          .filter((block) => block.isReadable)
          .map((block) => sseData(block.bytes))
          .filter(Boolean)
      }
      expect(read(cutInto(bytes, cuts))).toEqual(read([bytes]))
    }),
  )
})

test.each([
  ['one line', 'data: {"a":1}\n\n', '{"a":1}'],
  ['no space', 'data:x\n\n', 'x'],
  ['only the first space goes', 'data:  x\n\n', ' x'],
  ['lines are joined', 'data: a\r\ndata: b\r\n\r\n', 'a\nb'],
  ['an empty line of data', 'data\n\n', ''],
  ['a comment', ': ping\n\n', undefined],
  ['another field', 'database: x\n\n', undefined],
  ['event and data', 'event: x\nid: 1\ndata: y\n\n', 'y'],
])('data of a block: %s', (_name, block, data) => {
  expect(sseData(encode(block))).toBe(data)
})
