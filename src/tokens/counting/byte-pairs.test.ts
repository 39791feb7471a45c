import fc from 'fast-check'
import { countTokens as cl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { countTokens as o200k } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, test } from 'vitest'
import { loadEncoding } from './load-encoding.js'
import { mergedLength } from './merge.js'

/** What the package counts itself, with control tokens taken for text. */
const AS_TEXT = { disallowedSpecial: new Set<string>() }
const ENCODINGS = [
  ['o200k_base', (text: string) => o200k(text, AS_TEXT)],
  ['cl100k_base', (text: string) => cl100k(text, AS_TEXT)],
] as const

const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  // Runs that are one piece: there the merging has most to do.
  fc.string({ unit: fc.constantFrom('a', 'b', 'ä', '漢', '🚀'), maxLength: 300 }),
  fc.string({ unit: fc.constantFrom(' ', '\n', '\t', 'x', "'s", '1', '<|', '|>', '/'), maxLength: 100 }),
)

describe.each(ENCODINGS)('%s', (name, reference) => {
  test('any text counts as the package counts it', async () => {
    const pairs = await loadEncoding(name)
    fc.assert(
      fc.property(texts, (text) => {
        // A byte order mark at the start of a token is lost on the package.
        fc.pre(!text.includes('\ufeff'))
        expect(pairs.count(text)).toBe(reference(text))
      }),
      { numRuns: 1_000 },
    )
  })

  test.each([
    ['nothing', '', 0],
    ['a control token', '<|endoftext|>', undefined],
    [
      'every control token',
      '<|im_start|>system<|im_sep|>x<|im_end|><|fim_prefix|><|endofprompt|>',
      undefined,
    ],
    ['a long run of one letter', 'a'.repeat(3_000), undefined],
    ['a long run without a space', 'acgtgattaca'.repeat(300), undefined],
    ['CJK without a space', '敏捷的棕色狐狸跳过了那只懒狗'.repeat(40), undefined],
  ])('%s', async (_, text, tokens) => {
    expect((await loadEncoding(name)).count(text)).toBe(tokens ?? reference(text))
  })

  test('a lone surrogate is the character that a request carries in its place', async () => {
    const pairs = await loadEncoding(name)
    expect(pairs.count('x\ud800y')).toBe(pairs.count('x\ufffdy'))
    expect(pairs.count('\udc00')).toBe(pairs.count('\ufffd'))
  })
})

test.each(['a', '\n', '漢'])('a megabyte of %j is counted', async (unit) => {
  const pairs = await loadEncoding('o200k_base')
  const text = unit.repeat(2 ** 20)
  // Half of it is half of its tokens, but for where it is cut.
  const half = pairs.count(text.slice(text.length / 2))
  expect(Math.abs(pairs.count(text) - 2 * half)).toBeLessThanOrEqual(2)
})

test.each([
  ['no byte', '', 0],
  ['one byte', 'a', 1],
  ['nothing to merge', 'xyz', 3],
  ['the lowest rank first', 'abc', 2],
  ['of equals the leftmost', 'aaa', 2],
  ['up to the whole', 'aaaa', 1],
])('merging: %s', (_, bytes, parts) => {
  // `bc` before `ab`, so that `abc` is `a` and `bc`.
  const ranks = new Map([
    ['bc', 1],
    ['ab', 2],
    ['aa', 3],
    ['aaaa', 4],
  ])
  expect(mergedLength(bytes, ranks)).toBe(parts)
})
