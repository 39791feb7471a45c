import { expect, test } from 'vitest'
import { openImport } from './open-import.js'
import { at, type CodexCounts, codexLine, countLine, linesOf } from './session-lines.js'

const META = codexLine('session_meta', { id: 'parent', cwd: '/work', cli_version: '0.50.0' })
const TURN = codexLine('turn_context', { model: 'gpt-5-codex', cwd: '/work' })
const FIRST: CodexCounts = [1000, 0, 50, 10]
const SECOND: CodexCounts = [2500, 900, 170, 40]

test('a call is by how much the totals grew', async () => {
  const { file, run, entries } = await openImport()
  file(
    '2026/01/31/rollout-1.jsonl',
    linesOf(
      META,
      TURN,
      codexLine('event_msg', { type: 'token_count', info: null }),
      countLine(FIRST, FIRST, 1),
      countLine(FIRST, FIRST, 2),
      codexLine('response_item', { type: 'message', content: 'quotes "token_count"' }),
      countLine(SECOND, [1500, 900, 120, 30], 3),
      countLine(SECOND, [1500, 900, 120, 30], 4),
    ),
  )
  expect(await run('codex')).toMatchObject({
    newEntries: 2,
    skipped: [{ reason: 'repeated', records: 2 }],
    byModel: [{ model: 'gpt-5-codex', promptTokens: 2500, completionTokens: 170, unpricedEntries: 0 }],
  })
  expect(await entries()).toMatchObject([
    {
      chat_id: 'parent',
      provider: 'openai',
      timestamp_end: at(1),
      usage: { prompt_tokens: 1000, completion_tokens: 50, reasoning_tokens: 10 },
    },
    {
      timestamp_end: at(3),
      usage: { prompt_tokens: 1500, cache_read_tokens: 900, completion_tokens: 120, reasoning_tokens: 30 },
    },
  ])
})

test.each<[string, string[], [number, number][]]>([
  [
    'no counts of the last call',
    [countLine(FIRST, undefined, 1), countLine(SECOND, undefined, 2)],
    [
      [1000, 50],
      [1500, 120],
    ],
  ],
  [
    'totals that begin anew',
    [countLine(SECOND, SECOND, 1), countLine([30, 0, 4, 0], [30, 0, 4, 0], 2)],
    [
      [2500, 170],
      [30, 4],
    ],
  ],
  ['a first line in mid-session', [countLine(SECOND, [1500, 900, 120, 30], 1)], [[1500, 120]]],
  [
    'a call between that was not written',
    [countLine(FIRST, FIRST, 1), countLine([5000, 0, 300, 20], [2000, 0, 100, 10], 2)],
    [
      [1000, 50],
      [4000, 250],
    ],
  ],
])('%s', async (_name, lines, counts) => {
  const { file, run, entries } = await openImport()
  file('rollout.jsonl', linesOf(META, TURN, ...lines))
  await run('codex')
  expect((await entries()).map(({ usage }) => [usage?.prompt_tokens, usage?.completion_tokens])).toEqual(
    counts,
  )
})

test('a forked session counts what is its own, and not the copy of its parent', async () => {
  const { file, run, entries } = await openImport()
  file(
    'rollout-1.jsonl',
    linesOf(META, TURN, countLine(FIRST, FIRST, 1), countLine(SECOND, [1500, 900, 120, 30], 2)),
  )
  file(
    'rollout-2.jsonl',
    linesOf(
      codexLine('session_meta', { id: 'child', forked_from_id: 'parent' }, 60),
      META,
      TURN,
      countLine(FIRST, FIRST, 60),
      countLine(SECOND, [1500, 900, 120, 30], 60),
      countLine([4000, 2000, 200, 50], [1500, 1100, 30, 10], 70),
    ),
  )
  expect(await run('codex')).toMatchObject({ newEntries: 3, skipped: [{ reason: 'superseded', records: 2 }] })
  expect(await entries()).toMatchObject([
    { chat_id: 'parent', timestamp_end: at(1) },
    { chat_id: 'parent', timestamp_end: at(2) },
    {
      chat_id: 'child',
      timestamp_end: at(70),
      usage: { prompt_tokens: 1500 },
      metadata: { forked_from: 'parent' },
    },
  ])
  expect(await run('codex')).toMatchObject({ newEntries: 0, changedEntries: 0, knownEntries: 3 })
})

test('without a model there is no price, and a session without a name is known by its file', async () => {
  const { file, run, entries } = await openImport()
  file('rollout-7.jsonl', linesOf(countLine(FIRST, FIRST, 1)))
  expect(await run('codex')).toMatchObject({ byModel: [{ model: 'unknown', unpricedEntries: 1, cost: 0 }] })
  expect(await entries()).toMatchObject([
    { chat_id: 'rollout-7.jsonl', cost: { amount: null, source: 'none' } },
  ])
})
