import { expect, test } from 'vitest'
import { runChild } from '../../test/fixtures/run-child.js'
import { countTokens, countUsage } from './count.js'
import { estimateTokens } from './estimate.js'

// Run from the sources there is no compiled thread: small texts are counted on the event loop, large ones estimated. The
// thread is tested in counting/, and as the package has it in the children below.

test.each([
  ['a model of OpenAI', 'gpt-4o', 'one two three', { tokens: 3, source: 'tokenizer' }],
  ['nothing', 'gpt-4o', '', { tokens: 0, source: 'tokenizer' }],
  ['a control token', 'gpt-4', '<|endoftext|>', { tokens: 7, source: 'tokenizer' }],
  ['a model of others', 'claude-sonnet-4', 'one two three', { tokens: 4, source: 'heuristic' }],
])('%s', async (_, model, text, expected) => {
  expect(await countTokens(model, text)).toEqual(expected)
})

test('without a thread a large text does not hold up the event loop', async () => {
  const text = 'word '.repeat(20_000)
  expect(await countTokens('gpt-4o', text)).toEqual({ tokens: estimateTokens(text), source: 'heuristic' })
})

const history = [{ content: 'hello there' }, { content: 'Grüße' }]

test.each([
  [
    'a conversation: 4 around each message and 3 before the answer',
    { model: 'gpt-4o', history, answer: 'one two three' },
    { usage: { prompt_tokens: 2 + 3 + 2 * 4 + 3, completion_tokens: 3 }, usageSource: 'tokenizer' },
  ],
  [
    'texts alone, such as those of embeddings',
    { model: 'text-embedding-3-small', history: [], inputs: ['hello there', 'hello'], answer: '' },
    { usage: { prompt_tokens: 3, completion_tokens: 0 }, usageSource: 'tokenizer' },
  ],
  [
    'a model of others',
    { model: 'claude-sonnet-4', history, answer: 'abcde' },
    { usage: { prompt_tokens: 3 + 2 + 2 * 4 + 3, completion_tokens: 2 }, usageSource: 'heuristic' },
  ],
  [
    'an answer whose input the provider has told',
    {
      model: 'claude-sonnet-4',
      history,
      answer: 'abcde',
      begun: { prompt_tokens: 90, cache_read_tokens: 80, completion_tokens: 1, total_tokens: 91 },
    },
    {
      usage: { prompt_tokens: 90, cache_read_tokens: 80, completion_tokens: 2 },
      usageSource: 'heuristic',
    },
  ],
])('%s', async (_, exchange, expected) => {
  expect(await countUsage(exchange)).toEqual(expected)
})

test('in the package a thread counts, and the process ends although one is idle', async () => {
  const child = runChild('count-tokens.mjs', [])
  expect(await child.exited).toMatchObject({ code: 0, stderr: '' })
  const { counts, turns, byDefault } = JSON.parse(child.stdout())
  expect(counts).toEqual([[3], [200_001], [expect.any(Number)]])
  // The event loop went on while a megabyte without a space was counted.
  expect(turns).toBeGreaterThan(0)
  // Exact, or an estimate where the machine has no time for it.
  expect([
    { tokens: 3, source: 'tokenizer' },
    { tokens: 4, source: 'heuristic' },
  ]).toContainEqual(byDefault)
})
