import { describe, expect, test } from 'vitest'
import { entriesOf, RecentCalls } from '../../src/capture/otlp/index.js'
import { below, CHAT, chat, exportOf, START, span, spanId, TRACE } from './spans.js'

/** Numbers of the spans that count. */
function counted(spans: readonly unknown[]): number[] {
  const { entries, rejected } = entriesOf(exportOf(spans))
  expect(rejected).toEqual([])
  return entries.map(({ fields }) => Number.parseInt(fields.id.slice(-16), 16)).sort((a, b) => a - b)
}

const USAGE = {
  'gen_ai.usage.input_tokens': 100,
  'gen_ai.usage.output_tokens': 20,
  'gen_ai.request.model': 'gpt-4o',
}
const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.input_tokens': 100 }
const chain = { 'openinference.span.kind': 'CHAIN', 'llm.token_count.prompt': 100 }
const tool = { 'gen_ai.operation.name': 'execute_tool' }
const llm = { 'openinference.span.kind': 'LLM', 'llm.model_name': 'gpt-4o', 'llm.token_count.prompt': 100 }
const outer = { 'ai.operationId': 'ai.generateText', 'ai.model.id': 'gpt-4o', 'ai.usage.inputTokens': 200 }
const generate = { 'ai.operationId': 'ai.generateText.doGenerate', 'ai.model.id': 'gpt-4o', ...USAGE }
const embed = { 'gen_ai.operation.name': 'embeddings', 'gen_ai.request.model': 'e' }
const answered = (id: string) => ({ 'gen_ai.response.id': id })

/** Each call is counted once; the numbers are those of the spans that count. */
const trees: readonly (readonly [string, readonly unknown[], readonly number[]])[] = [
  ['an agent with two calls', [span(1, agent), chat(2, {}, below(1)), chat(3, {}, below(1))], [2, 3]],
  ['a chain that repeats the usage', [span(1, chain), span(2, llm, below(1))], [2]],
  ['chains and agents alone are no calls', [span(1, chain), span(2, agent), span(3, tool), span(4, {})], []],
  [
    'the Vercel AI SDK: two steps within one call of the application',
    [span(1, outer), span(2, generate, below(1)), span(3, generate, below(1))],
    [2, 3],
  ],
  ['two libraries around one call', [span(1, llm), chat(2, {}, below(1))], [2]],
  ['three, one within the other', [span(1, llm), span(2, generate, below(1)), chat(3, {}, below(2))], [3]],
  [
    'two libraries with a span of neither between',
    [span(1, llm), span(2, {}, below(1)), chat(3, {}, below(2))],
    [3],
  ],
  [
    'a call that a tool of another call makes',
    [chat(1), span(2, tool, below(1)), chat(3, {}, below(2))],
    [1, 3],
  ],
  ['an embedding within a chat', [chat(1), span(2, embed, below(1))], [1, 2]],
  ['two different answers', [chat(1, answered('a')), chat(2, answered('b'), below(1))], [1, 2]],
  ['one answer, told of twice side by side', [chat(1, answered('a')), chat(2, answered('a'))], [1]],
  [
    'one id of an answer at two times is two calls',
    [
      chat(1, answered('a')),
      chat(2, answered('a'), {
        startTimeUnixNano: String(START + 60_000_000_000n),
        endTimeUnixNano: String(START + 61_000_000_000n),
      }),
    ],
    [1, 2],
  ],
  ['a parent that is not in the export', [chat(2, {}, below(99))], [2]],
  ['its own parent', [chat(1, {}, below(1))], [1]],
  ["each other's parents", [chat(1, {}, below(2)), chat(2, {}, below(1))], [1]],
  ['a ring of three', [chat(1, {}, below(2)), chat(2, {}, below(3)), chat(3, {}, below(1))], [1]],
  [
    'the same ids in another trace',
    [chat(1), chat(2, {}, { ...below(1), traceId: TRACE.replace('0', '1') })],
    [1, 2],
  ],
]

describe('which spans count', () => {
  test.each(trees)('%s', (_name, spans, expected) => {
    expect(counted(spans)).toEqual(expected)
    expect(counted([...spans].reverse())).toHaveLength(expected.length)
  })

  test('a chain of 50,000 spans is no matter', () => {
    const spans = Array.from({ length: 50_000 }, (_, at) => chat(at + 1, {}, at === 0 ? {} : below(at)))
    expect(counted(spans)).toEqual([50_000])
  })
})

/** Each tree once more, a span an export, in the order in which spans end. */
const fromInside = trees.filter(([name]) => !/one answer|parents|ring/.test(name))

describe('spans that are exported one by one, the inner ones first', () => {
  const one = (recent: RecentCalls, spans: readonly unknown[]): number[] =>
    entriesOf(exportOf(spans), recent).entries.map(({ fields }) => Number.parseInt(fields.id.slice(-16), 16))

  test.each(fromInside)('%s', (_name, spans, expected) => {
    const recent = new RecentCalls()
    const found = [...spans].reverse().flatMap((each) => one(recent, [each]))
    expect(found.sort((a, b) => a - b)).toEqual(expected)
    const again = [...spans].reverse().flatMap((each) => one(recent, [each]))
    expect(again.sort((a, b) => a - b)).toEqual(expected)
  })

  test('in two exports', () => {
    const recent = new RecentCalls()
    expect(one(recent, [span(3, {}, below(2)), chat(4, {}, below(3))])).toEqual([4])
    expect(one(recent, [span(1, llm), span(2, chain, below(1))])).toEqual([])
  })

  test('what was seen long ago is forgotten, and no more is kept than the limit', () => {
    const recent = new RecentCalls(2)
    one(recent, [chat(2, {}, below(1)), chat(12, {}, below(11)), chat(22, {}, below(21))])
    expect(one(recent, [span(1, llm), span(11, llm), span(21, llm)])).toEqual([1])
  })

  test('many different calls beneath one span are bounded', () => {
    const recent = new RecentCalls()
    for (let at = 2; at < 1000; at++) one(recent, [chat(at, answered(`a${at}`), below(1))])
    expect(recent.beneath(`${TRACE}${spanId(1)}`)).toHaveLength(8)
  })
})

describe('what the span that counts does not say', () => {
  test('is taken from the one around it', () => {
    const around = { ...llm, 'session.id': 's', 'llm.token_count.completion': 20, 'gen_ai.response.id': 'a' }
    const inner = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' }
    const { entries } = entriesOf(exportOf([span(1, around), span(2, inner, below(1))]))
    expect(entries).toMatchObject([
      {
        fields: {
          id: `otlp-${TRACE}-${spanId(2)}`,
          response_id: 'a',
          session_id: 's',
          usage: { prompt_tokens: 100, completion_tokens: 20 },
        },
        place: { chat: 's' },
      },
    ])
  })

  test('is not taken from one that has two calls within: its sums are not those of one', () => {
    const silent = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' }
    const { entries } = entriesOf(
      exportOf([span(1, llm), span(2, silent, below(1)), span(3, silent, below(1))]),
    )
    expect(entries.map(({ fields }) => fields.usage)).toEqual([undefined, undefined])
  })

  test('what it says wins', () => {
    const { entries } = entriesOf(
      exportOf([span(1, { ...llm, 'llm.token_count.prompt': 7 }), chat(2, {}, below(1))]),
    )
    expect(entries[0]?.fields.usage).toMatchObject({ prompt_tokens: CHAT['gen_ai.usage.input_tokens'] })
  })
})
