/** The winning lines themselves, newest first, a page at a time. */
import { expect, test } from 'vitest'
import { active, closed, entryLine, type StatsFiles } from '../../stats-files.js'
import type { Subject } from './subject.js'

const line = (id: string, second: number, fields: object = {}): string =>
  JSON.stringify({ ...entryLine({ timestamp_start: new Date(second * 1000).toISOString(), ...fields }), id })

export function describeLogs({ engine, files }: Subject): void {
  async function idsOf(asked: Parameters<StatsFiles['logs']>[0] = {}): Promise<string[]> {
    const lines = await engine.logs(files.logs(asked))
    return lines.map((text) => JSON.parse(text).id)
  }

  test('newest first, equal instants by id, over all files', async () => {
    files
      .write(closed(1), line('a', 1), line('b2', 2))
      .write(active(), line('c', 3), 'damaged', line('b10', 2), line('b', 2))
    expect(await idsOf()).toEqual(['c', 'b2', 'b10', 'b', 'a'])
  })

  test('each line exactly as it is in the file', async () => {
    const odd =
      '{ "id": "x",  "status":"success","timestamp_start":"2026-01-31T12:00:00.000Z", "unknown": [1.0, 1e2, "\\u00fc\\/"], "n": 12345678901234567890 }'
    files.write(closed(1), '', `${odd}\r`, line('y', 1))
    expect((await engine.logs(files.logs()))[0]).toBe(odd)
  })

  test('each id once, by its final line', async () => {
    files.write(closed(1), line('x', 1, { status: 'pending' }), line('x', 1, { finish_reason: 'stop' }))
    files.write(active(), line('x', 1, { status: 'pending' }))
    expect((await engine.logs(files.logs())).map((text) => JSON.parse(text).finish_reason)).toEqual(['stop'])
  })

  test('pages follow one another without gap or repetition', async () => {
    const ids = Array.from({ length: 23 }, (_, index) => `id-${index}`)
    // Seven instants, so that pages end within one.
    files.write(closed(1), ...ids.map((id, index) => line(id, index % 7)))
    const seen: string[] = []
    let before: { ms: number; id: string } | undefined
    for (;;) {
      const page = await engine.logs(files.logs({ limit: 5, before }))
      const last = page.at(-1)
      if (last === undefined) break
      const entries = page.map((text) => JSON.parse(text))
      seen.push(...entries.map(({ id }) => id))
      before = { ms: Date.parse(entries.at(-1).timestamp_start), id: entries.at(-1).id }
    }
    expect(seen).toHaveLength(23)
    expect(new Set(seen)).toEqual(new Set(ids))
  })

  test.each<[string, Parameters<StatsFiles['logs']>[0], string[]]>([
    ['an id', { id: 'b' }, ['b']],
    ['an unknown id', { id: "' OR 1=1 --" }, []],
    ['a chat', { chatId: 'other' }, ['c']],
    ['a range', { fromMs: 1000, toMs: 2000 }, ['b', 'a']],
    ['a filter', { filter: new Map([['metadata.team', ['red']]]) }, ['d', 'a']],
    ['a limit', { limit: 1 }, ['d']],
  ])('%s', async (_, asked, expected) => {
    files.write(closed(1), line('a', 1, { metadata: { team: 'red' } }), line('b', 2))
    files.write(active(), line('c', 3, { chat_id: 'other' }), line('d', 4, { metadata: { team: 'red' } }))
    expect(await idsOf(asked)).toEqual(expected)
  })

  test('lines are found again in a file of many buffers', async () => {
    const padding = 'x'.repeat(2000)
    files.write(
      closed(1),
      ...Array.from({ length: 8000 }, (_, index) => line(`id-${index}`, index, { params: padding })),
    )
    for (const index of [0, 1, 2047, 2048, 4095, 7999])
      expect(await idsOf({ id: `id-${index}` })).toEqual([`id-${index}`])
  })
}
