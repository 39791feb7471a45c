/** What does not fit into a byte, two or four: many rows, many names, large and early values, long texts. */
import { expect, test } from 'vitest'
import type { StatsQuestion } from '../../../src/stats/stats-engine.js'
import { near } from '../../stats-equal.js'
import { active, closed, entryLine, LAYOUTS } from '../../stats-files.js'
import { foldStats } from '../../stats-fold.js'
import type { Subject } from './subject.js'

const DAY = 86_400_000
const NEW_YORK = 'America/New_York'

export function describeSizes({ create, engine, files }: Subject): void {
  test.each([closed(1, 'gzip'), active()])(
    '67,000 requests of as many chats, over a year: %s',
    async (name) => {
      const start = Date.UTC(2026, 0)
      const lines = Array.from({ length: 67_000 }, (_, n) => ({
        id: `r${n % 66_500}`,
        status: n % 50 === 0 ? 'error' : 'success',
        timestamp_start: new Date(start + ((n * 7919) % 67_000) * 470_000).toISOString(),
        chat_id: `chat-${n}`,
        model: `m${n % 300}`,
        timings: { latency_ms: (n * 31) % 10_007 },
        usage: { prompt_tokens: n % 1000, completion_tokens: 1 },
      }))
      files.write(name, ...lines)
      const [fromMs, toMs] = [start + 40 * DAY + 12_345_678, start + 300 * DAY + 1]
      const asked: readonly Partial<StatsQuestion>[] = [
        { groupBy: ['day', 'status'], timezone: NEW_YORK, fromMs, toMs },
        { chatId: 'chat-66999', groupBy: ['hour'] },
        { filter: new Map([['chat', ['chat-5', 'chat-66000']]]), groupBy: ['chat', 'month'] },
      ]
      const own = create()
      for (const each of asked) {
        const question = files.stats(each)
        const expected = foldStats(question)
        for (const when of ['cold', 'warm'])
          expect(near(await own.stats(question), expected), when).toEqual(expected)
      }
      await own.close()
    },
    60_000,
  )

  test.each(LAYOUTS)('values at the ends of their types, in %s', async (layout) => {
    const starts = [-62_135_596_800_000, -1, 0, 2 ** 31 * 1000, 253_402_300_799_999]
    const tokens = [0, 255, 256, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1]
    const lines = tokens.flatMap((prompt_tokens, index) =>
      starts.map((ms) =>
        entryLine({
          model: `m${index}`,
          timestamp_start: new Date(ms).toISOString(),
          usage: { prompt_tokens, reasoning_tokens: prompt_tokens },
          cost: { amount: index % 2 === 0 ? 1e-9 * index : 1e6 + index },
        }),
      ),
    )
    files.lay(layout, ...lines)
    for (const groupBy of [
      ['model', 'day'],
      ['model', 'month'],
    ] as const) {
      const question = files.stats({
        groupBy,
        filter: new Map([['model', tokens.slice(0, 8).map((_, n) => `m${n}`)]]),
      })
      const expected = foldStats(question)
      expect(near(await engine.stats(question), expected)).toEqual(expected)
    }
    const largest = files.stats({ filter: new Map([['model', ['m8']]]), fromMs: 0, toMs: 0 })
    expect((await engine.stats(largest)).measures.promptTokens).toBe(2 ** 53 - 1)
  })

  test.each(LAYOUTS)('long and many names, in %s', async (layout) => {
    const tags = Array.from({ length: 700 }, (_, n) => `tag-${n}`)
    const long = 'ü'.repeat(100_000)
    const lines = [
      { tags },
      { tags: tags.slice(300, 302) },
      { model: long, user_id: `${long}!` },
      { user_id: '' },
    ]
    files.lay(layout, ...lines.map(entryLine))
    for (const groupBy of [['tag'], ['user', 'model'], ['tag', 'day', 'user']] as const) {
      const question = files.stats({ groupBy })
      const expected = foldStats(question)
      expect(near(await engine.stats(question), expected)).toEqual(expected)
    }
  })
}
