import { describe, expect, test } from 'vitest'
import { checkOptions, checkScope } from './question.js'
import type { StatsOptions, StatsScope } from './stats-engine.js'

describe('checkScope', () => {
  test.each([
    ['null', null],
    ['no type', {}],
    ['an unknown type', { type: 'user' }],
    ['a project without id', { type: 'project' }],
    ['a project id that climbs', { type: 'project', projectId: '../x' }],
    ['a chat without its project', { type: 'chat', chatId: 'c' }],
    ['a chat without id', { type: 'chat', projectId: 'p' }],
  ])('refuses %s', (_, scope) => {
    expect(() => checkScope(scope as StatsScope, 'test')).toThrow(
      expect.objectContaining({ code: 'INVALID_SCOPE' }),
    )
  })
})

describe('checkOptions', () => {
  test('without options asks for everything in UTC', () => {
    expect(checkOptions({}, 'test')).toEqual({
      fromMs: undefined,
      toMs: undefined,
      groupBy: [],
      timezone: 'UTC',
      weekStart: 'monday',
      filter: new Map(),
    })
  })

  test('a date is the whole day in the zone, an instant itself', () => {
    const berlin = { timezone: 'Europe/Berlin' }
    const day = checkOptions({ ...berlin, fromDate: '2026-03-29', toDate: '2026-03-29' }, 'test')
    expect(day.fromMs).toBe(Date.parse('2026-03-28T23:00:00.000Z'))
    expect(day.toMs).toBe(Date.parse('2026-03-29T21:59:59.999Z'))
    const instant = checkOptions(
      { ...berlin, fromDate: '2026-03-29T00:00:00Z', toDate: '2026-03-29T02:00:00+02:00' },
      'test',
    )
    expect([instant.fromMs, instant.toMs]).toEqual([Date.parse('2026-03-29'), Date.parse('2026-03-29')])
  })

  test('a date that the zone skipped is empty, and no error', () => {
    const { fromMs = 0, toMs = 0 } = checkOptions(
      { timezone: 'Pacific/Apia', fromDate: '2011-12-30', toDate: '2011-12-30' },
      'test',
    )
    expect(toMs).toBe(fromMs - 1)
  })

  test.each([
    ['an impossible date', { fromDate: '2026-02-30' }, 'INVALID_DATE', 'fromDate'],
    ['a time without zone', { toDate: '2026-01-01T00:00:00' }, 'INVALID_DATE', 'toDate'],
    ['from after to', { fromDate: '2026-02-01', toDate: '2026-01-01' }, 'INVALID_DATE', 'fromDate'],
    ['an unknown zone', { timezone: 'Europe/Berlim' }, 'INVALID_TIMEZONE', 'timezone'],
    ['an unknown group', { groupBy: 'dya' }, 'INVALID_GROUP_BY', 'groupBy'],
    ['an unknown group in a list', { groupBy: ['day', 'x'] }, 'INVALID_GROUP_BY', 'groupBy'],
    ['metadata without a key', { groupBy: 'metadata.' }, 'INVALID_GROUP_BY', 'groupBy'],
    ['groups as an object', { groupBy: {} }, 'INVALID_GROUP_BY', 'groupBy'],
    ['an unknown weekday', { weekStart: 'mon' }, 'INVALID_OPTION', 'weekStart'],
    ['an unknown filter', { filter: { modle: 'x' } }, 'INVALID_FILTER', 'filter'],
    ['a filter by number', { filter: { model: 5 } }, 'INVALID_FILTER', 'filter.model'],
    ['a status that no entry can have', { filter: { status: 'x' } }, 'INVALID_FILTER', 'filter.status'],
    ['one among others', { filter: { status: ['error', 'x'] } }, 'INVALID_FILTER', 'filter.status'],
    ['an unknown request type', { filter: { request_type: 'x' } }, 'INVALID_FILTER', 'filter.request_type'],
  ])('refuses %s', (_, options, code, field) => {
    const check = () => checkOptions(options as unknown as StatsOptions, 'test')
    expect(check).toThrow(expect.objectContaining({ code, problems: [expect.objectContaining({ field })] }))
  })

  test.each([
    [{ timezone: 'Europe/Berlim' }, 'Europe/Berlin'],
    [{ groupBy: 'modle' }, 'model'],
    [{ filter: { enviroment: 'x' } }, 'environment'],
    [{ groupBy: 'user_id' }, 'user'],
    [{ filter: { chat_id: 'x' } }, 'chat'],
    [{ from_date: '2026-01-01' }, 'fromDate'],
    [{ groupby: 'day' }, 'groupBy'],
    [{ filter: { status: 'sucess' } }, 'success'],
    [{ filter: { status: ['error', 'TIMEOUT'] } }, 'timeout'],
    [{ filter: { request_type: 'embeddings' } }, 'embedding'],
  ])('%o names the nearest', (options, nearest) => {
    expect(() => checkOptions(options as unknown as StatsOptions, 'test')).toThrow(
      new RegExp(`did you mean ${nearest}`),
    )
  })

  test('a value that is like none is answered with all there are', () => {
    expect(() => checkOptions({ filter: { status: 'ok' } }, 'test')).toThrow(
      /filter\.status: is not known: "ok"; known are pending, success, error, timeout$/,
    )
  })

  test('values of other dimensions are free, and so is none at all', () => {
    const filter = { model: 'sucess', 'metadata.status': 'sucess', status: [] }
    expect([...checkOptions({ filter }, 'test').filter]).toEqual([
      ['model', ['sucess']],
      ['metadata.status', ['sucess']],
      ['status', []],
    ])
  })

  test('all problems are listed at once', () => {
    const options = { timezone: 'x', weekStart: 'y', fromDate: 'z', groupBy: 'q', filter: { r: 's' } }
    const check = () => checkOptions(options as unknown as StatsOptions, 'test')
    expect(check).toThrow(
      expect.objectContaining({
        problems: ['timezone', 'weekStart', 'fromDate', 'groupBy', 'filter'].map((field) =>
          expect.objectContaining({ field }),
        ),
      }),
    )
  })

  test('a group named twice counts once; metadata keys are free', () => {
    expect(checkOptions({ groupBy: ['day', 'day', 'metadata.a.b'] }, 'test').groupBy).toEqual([
      'day',
      'metadata.a.b',
    ])
  })
})
