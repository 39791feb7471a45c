import { describe, expect, test } from 'vitest'
import { EMPTY_ANSWER } from '../../test/stats-files.js'
import type { Integrity, Measures } from '../index.js'
import { statsTable } from './stats-table.js'

const GOOD = { received: 9_000, persisted: 9_000, rejected: 0, dropped: 0, damaged: 0, recovered: 2 }

const tableOf = (summarizedRequests: number, integrity: Partial<Integrity>): string =>
  statsTable(
    {
      scope: { type: 'global' },
      period: { from: null, to: null },
      summary: { ...EMPTY_ANSWER.measures, summarizedRequests, integrity: { ...GOOD, ...integrity } },
      breakdown: [],
      models: {},
    },
    { project: undefined, timezone: 'UTC' },
  )

test.each<[string, number, Partial<Integrity>, RegExp]>([
  ['names the requests of which only a summary is left', 1_234, {}, /Known by summary only\W+1,?234/],
  ['says nothing of summaries where there are none', 0, {}, /^(?!.*summary only)/s],
  ['says nothing of integrity while all is well', 0, {}, /^(?!.*(?:Lines received|Damaged))/s],
  ['names damaged lines', 0, { damaged: 5 }, /^(?!.*Lines received).*Damaged lines, files\W+5/s],
  [
    'names what was rejected and dropped, beside what was received',
    0,
    { received: 9_005, rejected: 3, dropped: 2 },
    /Lines received\W+9,?005\W+persisted\W+9,?000\W+rejected, dropped\W+3, 2/,
  ],
])('%s', (_, summarizedRequests, integrity, expected) => {
  expect(tableOf(summarizedRequests, integrity)).toMatch(expected)
})

test.each([
  ['by model alone', [{ model: 'm' }], ['Model']],
  ['by model and more', [{ model: 'm', status: 'success' }], ['Model', 'Model']],
  ['by something else', [{ user: 'm' }], ['User', 'Model']],
  ['not at all', [], ['Model']],
])('models stand in one table when the groups are %s', (_name, groups, firstColumns) => {
  const { measures } = EMPTY_ANSWER
  const row = { ...measures, requests: 7, tokens: 0 }
  const text = statsTable(
    {
      scope: { type: 'global' },
      period: { from: null, to: null },
      summary: { ...measures, integrity: GOOD },
      breakdown: groups.map((group) => ({ ...row, ...group })),
      models: { m: { ...row, cost: 0 } },
    },
    { project: undefined, timezone: 'UTC' },
  )
  expect(text.match(/(?:Model|User)(?= .*Requests)/g)).toEqual(firstColumns)
})

describe('requests that have not ended', () => {
  const { measures } = EMPTY_ANSWER
  const tableWith = (status: string, model: Partial<Measures>): string => {
    const row = { ...measures, ...model, requests: 7, tokens: 0 }
    return statsTable(
      {
        scope: { type: 'global' },
        period: { from: null, to: null },
        summary: { ...measures, integrity: GOOD },
        breakdown: [{ ...row, status }],
        models: { m: { ...row, cost: 0 } },
      },
      { project: undefined, timezone: 'UTC' },
    )
  }
  const headersOf = (text: string): string[][] =>
    text
      .split('\n')
      .filter((line) => /Requests .*Failed/.test(line))
      .map((line) => line.split('│').map((cell) => cell.trim()))
      .map((cells) => cells.filter((cell) => cell !== ''))

  test.each<[string, Partial<Measures>, string[]]>([
    ['has no column where there are none', {}, []],
    ['has one for pending ones', { pendingRequests: 2 }, ['Pending']],
    ['has one for interrupted ones', { interruptedRequests: 3 }, ['Interrupted']],
    ['has both', { pendingRequests: 2, interruptedRequests: 3 }, ['Pending', 'Interrupted']],
  ])('%s', (_, model, columns) => {
    const rest = ['Tokens', 'Cost', 'Average', 'p95']
    expect(headersOf(tableWith('error', model))).toEqual([
      ['Status', 'Requests', 'Failed', ...columns, ...rest],
      ['Model', 'Requests', 'Failed', ...columns, ...rest],
    ])
  })

  test('are counted in their columns', () => {
    const text = tableWith('pending', { pendingRequests: 1_234, interruptedRequests: 5 })
    expect(text).toMatch(/│ pending +│ +7 │ +0 │ +1,?234 │ +5 │/)
    expect(text).toMatch(/│ m +│ +7 │ +0 │ +1,?234 │ +5 │/)
  })
})
