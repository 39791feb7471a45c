/** Filters, the chat, the range. */
import { describe, expect, test } from 'vitest'
import type { StatsQuestion } from '../../../src/stats/stats-engine.js'
import { entryLine, LAYOUTS } from '../../stats-files.js'
import type { Subject } from './subject.js'

export function describeConditions({ engine, files }: Subject): void {
  describe.each(LAYOUTS)('filters and the chat, in %s', (layout) => {
    const lines = [
      { model: 'a', tags: ['x', 'y'], metadata: { team: 'red' } },
      { model: 'b', tags: ['y'], metadata: { team: 7 }, chat_id: 'other' },
      { model: 'c' },
    ]
    test.each<[string, Partial<StatsQuestion>, number]>([
      ['one value', { filter: new Map([['model', ['a']]]) }, 1],
      ['any of several values', { filter: new Map([['model', ['a', 'c', 'z']]]) }, 2],
      ['no value matches nothing', { filter: new Map([['model', []]]) }, 0],
      ['one of its tags', { filter: new Map([['tag', ['y', 'z']]]) }, 2],
      ['metadata as text', { filter: new Map([['metadata.team', ['7']]]) }, 1],
      [
        'each dimension must hold',
        {
          filter: new Map([
            ['model', ['a', 'b']],
            ['tag', ['x']],
          ]),
        },
        1,
      ],
      ['the chat', { chatId: 'other' }, 1],
      ['an unknown chat', { chatId: "' OR 1=1 --" }, 0],
      ['a value is never SQL', { filter: new Map([['metadata.team', ["') OR true --", '$1']]]) }, 0],
      ['a key is never SQL', { filter: new Map([["metadata.') OR true --", ['red']]]) }, 0],
    ])('%s', async (_, asked, requests) => {
      files.lay(layout, ...lines.map(entryLine))
      expect((await engine.stats(files.stats(asked))).measures.totalRequests).toBe(requests)
    })
  })

  test.each(LAYOUTS)('a range includes both its ends, in %s', async (layout) => {
    const starts = ['11:59:59.999', '12:00:00.000', '12:00:00.001', '12:00:00.002']
    files.lay(layout, ...starts.map((time) => entryLine({ timestamp_start: `2026-01-31T${time}Z` })))
    const [fromMs, toMs] = [Date.parse('2026-01-31T12:00:00.000Z'), Date.parse('2026-01-31T12:00:00.001Z')]
    const answer = await engine.stats(files.stats({ fromMs, toMs }))
    expect(answer).toMatchObject({ firstMs: fromMs, lastMs: toMs, measures: { totalRequests: 2 } })
  })

  test.each(LAYOUTS)('one end of the range may be open, in %s', async (layout) => {
    const hours = ['2025-12-31T23:59:59.999Z', '2026-01-01T00:00:00.000Z', '2026-01-01T00:07:00.000Z']
    files.lay(layout, ...hours.map((timestamp_start) => entryLine({ timestamp_start })))
    const newYear = Date.parse('2026-01-01T00:00:00Z')
    for (const [asked, requests] of [
      [{ fromMs: newYear }, 2],
      [{ fromMs: newYear + 1 }, 1],
      [{ toMs: newYear }, 2],
      [{ toMs: newYear - 1 }, 1],
      [{ fromMs: newYear + 1, toMs: newYear }, 0],
    ] as const)
      expect((await engine.stats(files.stats(asked))).measures.totalRequests).toBe(requests)
  })

  test('one question leaves nothing behind for the next', async () => {
    const lines = ['a', 'b', 'b'].map((model, index) => entryLine({ model, chat_id: `c${index}` }))
    files.lay('segments of all forms, held by links', ...lines)
    const asked: readonly (readonly [Partial<StatsQuestion>, number])[] = [
      [{ filter: new Map([['model', ['b']]]), groupBy: ['model', 'day'] }, 2],
      [{ groupBy: ['model', 'day'] }, 3],
      [{ chatId: 'c1', groupBy: ['day', 'model'] }, 1],
      [{ filter: new Map([['model', ['a']]]), groupBy: ['day'] }, 1],
      [{}, 3],
    ]
    for (const [question, requests] of [...asked, ...asked])
      expect((await engine.stats(files.stats(question))).measures.totalRequests).toBe(requests)
  })
}
