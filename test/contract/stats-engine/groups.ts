/** Breakdowns: periods of the zone, dimensions, lists of both. */
import { describe, expect, test } from 'vitest'
import type { StatsQuestion } from '../../../src/stats/stats-engine.js'
import { entryLine, LAYOUTS, type Layout } from '../../stats-files.js'
import type { Subject } from './subject.js'

export function describeGroups(subject: Subject): void {
  describe.each(LAYOUTS)('in %s', (layout) => describeLaid(subject, layout))
}

function describeLaid({ engine, files }: Subject, layout: Layout): void {
  /** The rows of the breakdown: the named groups, and the requests. */
  async function rowsOf(
    lines: readonly object[],
    asked: Partial<StatsQuestion>,
    names: readonly string[],
  ): Promise<unknown[][]> {
    files.lay(layout, ...lines.map(entryLine))
    const { breakdown } = await engine.stats(files.stats(asked))
    return breakdown.map((row) => [...names.map((name) => row[name]), row.requests])
  }

  const starts = (...instants: readonly string[]): object[] =>
    instants.map((at) => ({ timestamp_start: `${at}Z` }))

  describe('by period', () => {
    const newYork = 'America/New_York'
    const lordHowe = 'Australia/Lord_Howe'
    test.each<[string, Partial<StatsQuestion>, object[], unknown[][]]>([
      [
        'days are those of the zone',
        { groupBy: ['day'], timezone: 'Asia/Kathmandu' },
        starts('2026-01-30T18:14:59.999', '2026-01-30T18:15:00.000', '2026-01-31T18:14:59.999'),
        [
          ['2026-01-30', 1],
          ['2026-01-31', 2],
        ],
      ],
      [
        'the hour that comes twice is two rows, in order',
        { groupBy: ['hour'], timezone: newYork },
        starts(
          '2026-11-01T06:30:00.000',
          '2026-11-01T05:30:00.000',
          '2026-11-01T07:00:00.000',
          '2026-11-01T06:59:59.999',
        ),
        [
          ['2026-11-01T01:00-04:00', 1],
          ['2026-11-01T01:00-05:00', 2],
          ['2026-11-01T02:00-05:00', 1],
        ],
      ],
      [
        'the hour that is left out is no row',
        { groupBy: ['hour'], timezone: newYork },
        starts('2026-03-08T06:59:59.999', '2026-03-08T07:00:00.000'),
        [
          ['2026-03-08T01:00-05:00', 1],
          ['2026-03-08T03:00-04:00', 1],
        ],
      ],
      [
        'half an hour comes twice',
        { groupBy: ['hour'], timezone: lordHowe },
        starts('2026-04-04T14:59:59.999', '2026-04-04T15:00:00.000', '2026-04-04T15:30:00.000'),
        [
          ['2026-04-05T01:00+11:00', 1],
          ['2026-04-05T01:00+10:30', 1],
          ['2026-04-05T02:00+10:30', 1],
        ],
      ],
      [
        'weeks begin on the day asked for',
        { groupBy: ['week'], weekStart: 'sunday' },
        starts('2026-01-31T23:59:59.999', '2026-02-01T00:00:00.000', '2026-02-07T23:59:59.999'),
        [
          ['2026-01-25', 1],
          ['2026-02-01', 2],
        ],
      ],
      [
        'months, across the new year',
        { groupBy: ['month'], timezone: 'Europe/Berlin' },
        starts('2025-12-31T22:59:59.999', '2025-12-31T23:00:00.000'),
        [
          ['2025-12', 1],
          ['2026-01', 1],
        ],
      ],
      [
        'instants far apart, before 1970 and after 9000',
        { groupBy: ['day'], timezone: 'Asia/Tokyo' },
        starts('9000-01-01T00:00:00.000', '1960-01-01T15:00:00.000', '0001-01-01T00:00:00.000'),
        [
          ['0001-01-01', 1],
          ['1960-01-02', 1],
          ['9000-01-01', 1],
        ],
      ],
    ])('%s', async (_, asked, lines, expected) => {
      expect(await rowsOf(lines, asked, ['period'])).toEqual(expected)
    })

    test('a second period has its own name', async () => {
      const rows = await rowsOf(
        starts('2026-01-31T12:00:00.000', '2026-02-01T12:00:00.000'),
        { groupBy: ['week', 'month'] },
        ['period', 'month'],
      )
      expect(rows).toEqual([
        ['2026-01-26', '2026-01', 1],
        ['2026-01-26', '2026-02', 1],
      ])
    })
  })

  describe('by dimension', () => {
    test.each<[string, object[], unknown[][]]>([
      [
        'model',
        [{ model: 'b' }, { model: 'a' }, { model: 'B' }, { model: undefined }],
        [
          ['B', 1],
          ['a', 1],
          ['b', 1],
          [null, 1],
        ],
      ],
      [
        'provider',
        [{ provider: 'openai' }, {}],
        [
          ['openai', 1],
          [null, 1],
        ],
      ],
      [
        'chat',
        [{ chat_id: 'x' }, {}],
        [
          ['c', 1],
          ['x', 1],
        ],
      ],
      [
        'project',
        [{ project_id: 'x' }, {}],
        [
          ['p', 1],
          ['x', 1],
        ],
      ],
      ['user', [{ user_id: 'u' }], [['u', 1]]],
      ['session', [{ session_id: 's' }], [['s', 1]]],
      [
        'environment',
        [{ environment: '' }, {}],
        [
          ['', 1],
          [null, 1],
        ],
      ],
      [
        'status',
        [{ status: 'error' }, {}, { status: 'timeout' }, { status: 'pending' }],
        [
          ['error', 1],
          ['pending', 0],
          ['success', 1],
          ['timeout', 1],
        ],
      ],
      ['request_type', [{ request_type: 'tool' }], [['tool', 1]]],
      [
        'error_code',
        [{ error: { code: 'E', message: 'm' } }, { error: null }, {}, { error: 'text' }],
        [
          ['E', 1],
          [null, 3],
        ],
      ],
      [
        'tag',
        [{ tags: ['a', 'b', 'a'] }, { tags: ['b'] }, { tags: [] }, { tags: 'a' }, {}],
        [
          ['a', 1],
          ['b', 2],
          [null, 3],
        ],
      ],
      [
        'metadata.team',
        [
          { metadata: { team: 'x' } },
          { metadata: { team: 5 } },
          { metadata: { team: true } },
          { metadata: { team: null } },
          { metadata: 'team' },
          { metadata: ['team'] },
          {},
        ],
        [
          ['5', 1],
          ['true', 1],
          ['x', 1],
          [null, 4],
        ],
      ],
      ['metadata.nested', [{ metadata: { nested: { a: [1, 'b'] } } }], [['{"a":[1,"b"]}', 1]]],
      ['metadata.a.b', [{ metadata: { 'a.b': 'dotted', a: { b: 'nested' } } }], [['dotted', 1]]],
      ['metadata.it\'s "x/y~z"', [{ metadata: { 'it\'s "x/y~z"': 'v' } }], [['v', 1]]],
      ['metadata.__proto__', [{ metadata: JSON.parse('{"__proto__":"v"}') }], [['v', 1]]],
      ['metadata.$', [{ metadata: { $: 'v' } }], [['v', 1]]],
      [
        'metadata.0',
        [{ metadata: ['v'] }, { metadata: { 0: 'w' } }],
        [
          ['w', 1],
          [null, 1],
        ],
      ],
    ])('%s', async (dimension, lines, expected) => {
      const groupBy = [dimension] as StatsQuestion['groupBy']
      expect(await rowsOf(lines, { groupBy }, [dimension])).toEqual(expected)
    })

    test('keys are ordered by code point', async () => {
      const models = ['\u{1f600}', '\uffee', 'é', 'z', '']
      const rows = await rowsOf(
        models.map((model) => ({ model })),
        { groupBy: ['model'] },
        ['model'],
      )
      expect(rows.map(([model]) => model)).toEqual(['', 'z', 'é', '\uffee', '\u{1f600}'])
    })

    test('a list makes a row of each combination, ordered as the list is', async () => {
      const lines = [{ model: 'b', tags: ['y', 'x'] }, { model: 'a' }, { model: 'b', tags: ['x'] }]
      const rows = await rowsOf(lines, { groupBy: ['tag', 'day', 'model'] }, ['tag', 'period', 'model'])
      expect(rows).toEqual([
        ['x', '2026-01-31', 'b', 2],
        ['y', '2026-01-31', 'b', 1],
        [null, '2026-01-31', 'a', 1],
      ])
    })

    test('a model may be named __proto__, constructor or 0', async () => {
      files.lay(layout, ...['__proto__', 'constructor', '0'].map((model) => entryLine({ model })))
      const { models } = await engine.stats(files.stats())
      expect(Object.keys(models).sort()).toEqual(['0', '__proto__', 'constructor'])
      expect(Object.getPrototypeOf(models)).toBe(Object.prototype)
      expect(Object.hasOwn(models, '__proto__') && models.constructor).toMatchObject({ requests: 1 })
    })
  })
}
