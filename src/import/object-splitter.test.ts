import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ObjectSplitter } from './object-splitter.js'

function split(content: Buffer, sizes: readonly number[]): (string | undefined)[] {
  const splitter = new ObjectSplitter()
  const objects: (string | undefined)[] = []
  let from = 0
  for (let turn = 0; from < content.length; turn++) {
    const to = from + (sizes[turn % sizes.length] ?? 1)
    for (const { bytes } of splitter.add(content.subarray(from, to))) objects.push(bytes?.toString())
    from = to
  }
  return [...objects, ...splitter.end().map(({ bytes }) => bytes?.toString())]
}

test('wherever the chunks end, the objects are those of the array', () => {
  const rows = fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), { maxLength: 8 })
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(rows, sizes, fc.constantFrom(0, 2), (all, chunks, indent) => {
      const content = Buffer.from(JSON.stringify(all, null, indent))
      expect(split(content, chunks).map((text) => JSON.parse(text ?? ''))).toEqual(
        JSON.parse(JSON.stringify(all)),
      )
    }),
  )
})

test.each([
  ['an object that is cut', '[{"a":1},{"b":', ['{"a":1}', '{"b":']],
  ['a cut text', '[{"a":"}', ['{"a":"}']],
  ['what is no object', '[1,"{",null,{"a":1}]', ['{"a":1}']],
  ['closing braces alone', '[}}]{"a":1}', ['{"a":1}']],
  ['nothing', '[]', []],
])('%s', (_name, content, objects) => {
  expect(split(Buffer.from(content), [3])).toEqual(objects)
})

test('an object that is too long takes no memory and hides no other', () => {
  const long = `{"a":"${'x'.repeat(25 << 20)}"}`
  const content = Buffer.from(`[${long},{"b":2}]`)
  expect(split(content, [1 << 18])).toEqual([undefined, '{"b":2}'])
})
