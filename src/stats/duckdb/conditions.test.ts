import { describe, expect, test } from 'vitest'
import { entryLine, useEngine } from '../../../test/stats-files.js'
import type { StatsQuestion } from '../stats-engine.js'

const { engine, files } = useEngine()

describe('filters and the chat', () => {
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
    files.write('log.jsonl', ...lines.map(entryLine))
    expect((await engine.stats(files.stats(asked))).measures.totalRequests).toBe(requests)
  })
})
