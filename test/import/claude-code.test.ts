import { describe, expect, test } from 'vitest'
import { normaliseUsage } from '../../src/tokens/normalise.js'
import { openImport } from './open-import.js'
import { answerLine, at, CLAUDE, linesOf, toolLine } from './session-lines.js'

const DONE = { finish: 'end_turn' }

describe('the last complete state of an answer is the entry', () => {
  test.each([
    [
      'snapshots that grow',
      [
        answerLine({ id: 'a', output: 1, at: at(1) }),
        answerLine({ id: 'a', output: 40, at: at(2) }),
        answerLine({ id: 'a', output: 500, at: at(3), ...DONE }),
      ],
    ],
    [
      'a snapshot behind the complete state',
      [
        answerLine({ id: 'a', output: 1, at: at(1) }),
        answerLine({ id: 'a', output: 500, at: at(2), ...DONE }),
        answerLine({ id: 'a', output: 7, at: at(3) }),
      ],
    ],
    [
      'other lines between the snapshots',
      [
        answerLine({ id: 'a', output: 1, at: at(1) }),
        toolLine('{"type":"assistant","usage":{"output_tokens":9}}'),
        toolLine(answerLine({ id: 'quoted', output: 9, at: at(2) })),
        answerLine({ id: 'a', output: 500, at: at(3), ...DONE }),
        '{"type":"summary","summary":"short"}',
      ],
    ],
    [
      'states of one instant',
      [answerLine({ id: 'a', output: 1, at: at(1) }), answerLine({ id: 'a', output: 500, at: at(1) })],
    ],
  ])('%s', async (_name, lines) => {
    const { file, run, entries } = await openImport()
    file('project/session.jsonl', linesOf(...lines))
    expect(await run('claude-code')).toMatchObject({ newEntries: 1, changedEntries: 0 })
    const [entry, ...others] = await entries()
    expect(others).toEqual([])
    expect(entry).toMatchObject({
      chat_id: 's-1',
      session_id: 's-1',
      model: CLAUDE,
      provider: 'anthropic',
      status: 'success',
      timestamp_start: at(1),
      usage: { completion_tokens: 500 },
      metadata: { message_id: 'msg_a', request_id: 'req_a', cwd: '/home/someone/work', version: '2.0.1' },
    })
  })
})

test('the usage is what the normaliser of Anthropic makes of it', async () => {
  const { file, run, entries } = await openImport()
  const line = answerLine({ id: 'a', output: 500, at: at(1) })
  file('session.jsonl', linesOf(line))
  await run('claude-code')
  const [entry] = await entries()
  expect(entry?.usage).toEqual(normaliseUsage('anthropic', JSON.parse(line).message.usage))
  expect(entry?.usage_source).toBe('provider')
})

test('our book gives the price, and an old session that says what was charged gives it itself', async () => {
  const { file, run, entries } = await openImport()
  file(
    'session.jsonl',
    linesOf(
      answerLine({ id: 'new', output: 500, at: at(1) }),
      answerLine({ id: 'old', output: 500, at: at(2), more: { costUSD: 0.125, durationMs: 1500 } }),
    ),
  )
  const { byModel } = await run('claude-code')
  const [old, priced] = (await entries()).sort((a, b) =>
    (a.timestamp_end ?? '') < (b.timestamp_end ?? '') ? 1 : -1,
  )
  expect(priced?.cost).toMatchObject({ source: 'price_book' })
  expect(old).toMatchObject({
    cost: { amount: 0.125, source: 'provider' },
    timings: { latency_ms: 1500 },
    timestamp_start: at(0.5),
    timestamp_end: at(2),
  })
  expect(byModel).toEqual([expect.objectContaining({ model: CLAUDE, entries: 2, completionTokens: 1000 })])
  expect(byModel[0]?.cost).toBeCloseTo((priced?.cost?.amount ?? 0) + 0.125, 9)
})

test.each([
  [
    'a message that the program wrote itself',
    { message: { model: '<synthetic>', id: 'x', usage: { input_tokens: 0, output_tokens: 0 } } },
    'synthetic',
  ],
  ['no counts', { message: { role: 'assistant', model: CLAUDE, id: 'x', usage: {} } }, 'no_usage'],
  [
    'no model',
    { message: { role: 'assistant', id: 'x', usage: { input_tokens: 1, output_tokens: 1 } } },
    'no_model',
  ],
  ['no time', { timestamp: 'yesterday' }, 'no_time'],
  [
    'no id at all',
    {
      uuid: null,
      message: { role: 'assistant', model: CLAUDE, usage: { input_tokens: 1, output_tokens: 1 } },
    },
    'no_id',
  ],
  [
    'a name that is none',
    { message: { model: 'a\u0000b', id: 'x', usage: { input_tokens: 1, output_tokens: 1 } } },
    'refused',
  ],
])('a line with %s is skipped and counted', async (_name, more, reason) => {
  const { file, run, entries } = await openImport()
  file(
    'session.jsonl',
    linesOf(
      answerLine({ id: 'a', output: 1, at: at(1), more }),
      answerLine({ id: 'b', output: 1, at: at(2) }),
    ),
  )
  expect(await run('claude-code')).toMatchObject({ newEntries: 1, skipped: [{ reason, records: 1 }] })
  expect(await entries()).toHaveLength(1)
})

test('an answer without message id is known by its line', async () => {
  const { file, run } = await openImport()
  const message = { role: 'assistant', model: CLAUDE, usage: { input_tokens: 1, output_tokens: 1 } }
  file('session.jsonl', linesOf(answerLine({ id: 'a', output: 1, at: at(1), more: { message } })))
  expect(await run('claude-code')).toMatchObject({ newEntries: 1 })
  expect(await run('claude-code')).toMatchObject({ newEntries: 0, knownEntries: 1 })
})

test.each([
  ['msg_bdrk_1', 'bedrock'],
  ['msg_vrtx_1', 'vertex'],
  ['msg_1', 'anthropic'],
])('%s was answered by %s', async (id, provider) => {
  const { file, run, entries } = await openImport()
  file('session.jsonl', linesOf(answerLine({ id: id.slice(4), output: 1, at: at(1) })))
  await run('claude-code')
  expect(await entries()).toMatchObject([{ provider }])
})

test('nothing that was said is in the workspace', async () => {
  const { file, run, entries } = await openImport()
  file(
    'session.jsonl',
    linesOf(
      toolLine('heard in confidence'),
      answerLine({ id: 'a', output: 1, at: at(1), text: 'said in confidence' }),
    ),
  )
  await run('claude-code')
  expect(JSON.stringify(await entries())).not.toContain('in confidence')
})
