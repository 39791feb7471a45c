/** Of the lines of an id one counts; requests under way. */
import { describe, expect, test } from 'vitest'
import type { Measures } from '../../../src/stats/stats-engine.js'
import { active, closed, EMPTY_ANSWER, entryLine, LAYOUTS, type Layout } from '../../stats-files.js'
import type { Subject } from './subject.js'

const at = (end: string | undefined, tokens: number, status = 'success'): object => ({
  ...entryLine({ status, usage: { prompt_tokens: tokens } }),
  id: 'same',
  ...(end === undefined ? {} : { timestamp_end: `2026-01-31T12:00:${end}Z` }),
})

export function describeWinners(subject: Subject): void {
  describe.each(LAYOUTS)('in %s', (layout) => describeLaid(subject, layout))
  describeAcrossFiles(subject)
}

function describeLaid({ create, engine, files }: Subject, layout: Layout): void {
  async function measuresOf(...lines: readonly (object | string)[]): Promise<Measures> {
    return (await engine.stats(files.lay(layout, ...lines).stats())).measures
  }

  describe('by its final state', () => {
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

    test('before the conditions: a state that was replaced is not found again', async () => {
      files.lay(layout, { ...at('01.000', 1), model: 'old' }, { ...at('02.000', 2), model: 'new' })
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
      files.lay(
        layout,
        ...[1, 1, 2, 2, 2].map((pid) => pending({ writer: writer(pid) })),
        pending({}),
        pending({ writer: 'me' }),
      )
      const own = create()
      const question = files.stats({
        groupBy: ['model'],
        isGone: ({ pid }) => asked.push(pid) > 0 && pid === 2,
      })
      const answer = await own.stats(question)
      await own.close()
      const expected = { ...EMPTY_ANSWER.measures, pendingRequests: 4, interruptedRequests: 3 }
      expect(answer.measures).toEqual(expected)
      expect(answer.models).toEqual({ waiting: { ...expected, requests: 0, tokens: 0, cost: 0 } })
      expect(answer.breakdown).toEqual([{ model: 'waiting', ...expected, requests: 0, tokens: 0 }])
      expect(asked.sort()).toEqual([1, 2])
    })

    test('a process that is gone by now makes its requests interrupted', async () => {
      files.lay(layout, ...[1, 2].map((pid) => pending({ writer: writer(pid) })))
      for (const gone of [[], [1], [1, 2]]) {
        const { measures } = await engine.stats(files.stats({ isGone: ({ pid }) => gone.includes(pid) }))
        expect(measures).toMatchObject({ pendingRequests: 2 - gone.length, interruptedRequests: gone.length })
      }
    })
  })
}

function describeAcrossFiles({ engine, files }: Subject): void {
  test('across sources, in their order', async () => {
    files.write(closed(2), at(undefined, 1)).write(closed(1), at(undefined, 2))
    const [first = '', second = ''] = files.paths
    const sources = [
      { projectId: 'x', files: [second] },
      { projectId: 'y', files: [first] },
    ]
    expect((await engine.stats(files.stats())).measures.promptTokens).toBe(2)
    expect((await engine.stats(files.stats({ sources }))).measures.promptTokens).toBe(1)
  })

  test.each<[string, string, string]>([
    ['closed segments', closed(1, 'gzip'), closed(2)],
    ['a closed segment and the active file', closed(1), active()],
    ['the files of two slots', active(), active(1)],
    ['a summary and a segment', closed(1, 'summary'), closed(2, 'gzip')],
  ])('in %s: each file alone, and both', async (_, one, two) => {
    files.write(one, at(undefined, 1, 'pending'), at('05.000', 2), entryLine())
    files.write(two, at('05.000', 4), at('04.000', 8), entryLine())
    const [first = '', second = ''] = files.paths
    const asked = [[first], [second], [first, second], [second, first], [first]]
    const answers: [number, number][] = []
    for (const paths of asked) {
      const sources = [{ projectId: 'p', files: paths }]
      const { lines, measures } = await engine.stats(files.stats({ sources }))
      expect(measures.totalRequests).toBe(paths.length + 1)
      answers.push([lines, measures.promptTokens])
    }
    expect(answers).toEqual([
      [3, 2],
      [3, 4],
      [6, 4],
      [6, 2],
      [3, 2],
    ])
  })

  test('an id that moved to another day, model and chat is counted there alone', async () => {
    const moved = {
      ...at('09.000', 2),
      model: 'n',
      chat_id: 'd',
      timestamp_start: '2026-02-01T00:00:00.000Z',
    }
    files.write(closed(1), at('01.000', 1), entryLine()).write(active(), moved)
    const { breakdown } = await engine.stats(files.stats({ groupBy: ['day', 'model', 'chat'] }))
    expect(breakdown.map(({ period, model, chat, requests }) => [period, model, chat, requests])).toEqual([
      ['2026-01-31', 'm', 'c', 1],
      ['2026-02-01', 'n', 'd', 1],
    ])
    const january = { toMs: Date.parse('2026-01-31T23:59:59.999Z') }
    expect((await engine.stats(files.stats(january))).measures.totalRequests).toBe(1)
    expect((await engine.stats(files.stats({ chatId: 'c' }))).measures.totalRequests).toBe(1)
  })
}
