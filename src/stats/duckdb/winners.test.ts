import { describe, expect, test } from 'vitest'
import { EMPTY_ANSWER, entryLine, useEngine } from '../../../test/stats-files.js'
import type { Measures } from '../stats-engine.js'

const { engine, files } = useEngine()

async function measuresOf(...lines: readonly (object | string)[]): Promise<Measures> {
  return (await engine.stats(files.write('log.jsonl', ...lines).stats())).measures
}

describe('each id counts once', () => {
  const at = (end: string | undefined, tokens: number, status = 'success'): object => ({
    ...entryLine({ status, usage: { prompt_tokens: tokens } }),
    id: 'same',
    ...(end === undefined ? {} : { timestamp_end: `2026-01-31T12:00:${end}Z` }),
  })
  test.each<[string, object[], number]>([
    ['a final line beats a pending one', [at(undefined, 1, 'pending'), at('01.000', 2)], 2],
    ['in either order', [at('01.000', 2), at('59.000', 1, 'pending')], 2],
    ['the later end wins', [at('09.000', 2), at('08.999', 1)], 2],
    ['of equal ends the line read last', [at('01.000', 1), at('01.000', 2)], 2],
    ['an end beats none', [at('01.000', 2), at(undefined, 1)], 2],
    ['without ends the line read last', [at(undefined, 1), at(undefined, 2)], 2],
    ['an end that is no instant is none', [at('01.000', 2), at('99.000', 1)], 2],
  ])('%s', async (_, lines, tokens) => {
    expect(await measuresOf(...lines)).toMatchObject({
      totalRequests: 1,
      promptTokens: tokens,
      pendingRequests: 0,
    })
  })

  test('across files and sources, in their order', async () => {
    files.write('b.jsonl', at(undefined, 1)).write('a.jsonl', at(undefined, 2))
    const [first = '', second = ''] = files.paths
    const sources = [
      { projectId: 'x', files: [second] },
      { projectId: 'y', files: [first] },
    ]
    expect((await engine.stats(files.stats())).measures.promptTokens).toBe(2)
    expect((await engine.stats(files.stats({ sources }))).measures.promptTokens).toBe(1)
  })

  test('before the conditions: a state that was replaced is not found again', async () => {
    files.write('log.jsonl', { ...at('01.000', 1), model: 'old' }, { ...at('02.000', 2), model: 'new' })
    const { measures } = await engine.stats(files.stats({ filter: new Map([['model', ['old']]]) }))
    expect(measures.totalRequests).toBe(0)
  })
})

describe('pending requests', () => {
  const writer = (pid: number): object => ({ host: 'h', pid, started: 's' })
  const pending = (fields: object): object =>
    entryLine({
      status: 'pending',
      model: 'waiting',
      usage: { prompt_tokens: 9 },
      timings: { latency_ms: 9 },
      cost: { amount: 9 },
      usage_source: 'heuristic',
      ...fields,
    })

  test('are interrupted when their process is gone, and count nowhere else', async () => {
    const asked: number[] = []
    files.write(
      'log.jsonl',
      ...[1, 1, 2, 2, 2].map((pid) => pending({ writer: writer(pid) })),
      pending({}),
      pending({ writer: 'me' }),
    )
    const answer = await engine.stats(
      files.stats({ groupBy: ['model'], isGone: ({ pid }) => asked.push(pid) > 0 && pid === 2 }),
    )
    const expected = { ...EMPTY_ANSWER.measures, pendingRequests: 4, interruptedRequests: 3 }
    expect(answer.measures).toEqual(expected)
    expect(answer.models).toEqual({ waiting: { ...expected, requests: 0, tokens: 0, cost: 0 } })
    expect(answer.breakdown).toEqual([{ model: 'waiting', ...expected, requests: 0, tokens: 0 }])
    expect(asked.sort()).toEqual([1, 2])
  })
})
