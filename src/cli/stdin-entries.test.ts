import { expect, test } from 'vitest'
import { type InputEntry, readEntries } from './stdin-entries.js'

async function entriesOf(text: string): Promise<InputEntry[]> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text)
  }
  const entries: InputEntry[] = []
  for await (const entry of readEntries(bytes())) entries.push(entry)
  return entries
}

const bad = (line: number): InputEntry => ({ line, problem: 'this is not JSON' })

test.each<[string, string, InputEntry[]]>([
  ['one object on one line', '{"a":1}', [{ line: 1, value: { a: 1 } }]],
  [
    'one object over several lines',
    '\n{\r\n  "a": {\r\n    "b": 1\r\n  }\r\n}\r\n',
    [{ line: 2, value: { a: { b: 1 } } }],
  ],
  [
    'a line an object',
    '{"a":1}\n{"a":2}\r\n\n',
    [
      { line: 1, value: { a: 1 } },
      { line: 2, value: { a: 2 } },
    ],
  ],
  [
    'a bad line between',
    '{"a":1}\nnope\n{"a":2}',
    [{ line: 1, value: { a: 1 } }, bad(2), { line: 3, value: { a: 2 } }],
  ],
  [
    'a bad first line',
    '{"a":\n{"a":2}\n{"a":3}',
    [bad(1), { line: 2, value: { a: 2 } }, { line: 3, value: { a: 3 } }],
  ],
  ['a first line that is no object', 'nope\n{"a":2}', [bad(1), { line: 2, value: { a: 2 } }]],
  ['an object that never ends', '{\n"a": 1', [bad(1), bad(2)]],
  [
    'values that are no objects',
    '1\n"x"',
    [
      { line: 1, value: 1 },
      { line: 2, value: 'x' },
    ],
  ],
])('%s', async (_name, text, expected) => {
  expect(await entriesOf(text)).toEqual(expected)
})
