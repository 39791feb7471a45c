import { expect, test } from 'vitest'
import { EMPTY_ANSWER } from '../../test/stats-files.js'
import { statsTable } from './stats-table.js'

const integrity = { received: 0, persisted: 0, rejected: 0, dropped: 0, damaged: 0, recovered: 0 }

test.each([
  ['names the requests of which only a summary is left', 1_234, /Known by summary only\W+1,?234/],
  ['says nothing of summaries where there are none', 0, /^(?!.*summary only)/s],
])('%s', (_, summarizedRequests, expected) => {
  const text = statsTable(
    {
      scope: { type: 'global' },
      period: { from: null, to: null },
      summary: { ...EMPTY_ANSWER.measures, summarizedRequests, integrity },
      breakdown: [],
      models: {},
    },
    { project: undefined, timezone: 'UTC' },
  )
  expect(text).toMatch(expected)
})
