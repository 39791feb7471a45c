/** What a question names wrongly is refused, with the names it was perhaps meant to be. */
import { expect, test } from 'vitest'
import { type StatsOptions, ValidationError } from '../../src/index.js'
import { openTestLedger } from '../fixtures/open-test-ledger.js'

async function refusalOf(options: unknown): Promise<ValidationError> {
  const { ledger } = await openTestLedger()
  const refused = await ledger
    .getStats({ type: 'global' }, options as StatsOptions)
    .catch((error: unknown) => error)
  if (!(refused instanceof ValidationError)) throw new Error(`not refused: ${JSON.stringify(options)}`)
  return refused
}

test.each<[string, unknown, string, string, string[]]>([
  ['a group', { groupBy: 'modle' }, 'INVALID_GROUP_BY', 'groupBy', ['model']],
  ['a group in a list', { groupBy: ['day', 'chta'] }, 'INVALID_GROUP_BY', 'groupBy', ['chat']],
  ['a group of another case', { groupBy: ['Day'] }, 'INVALID_GROUP_BY', 'groupBy', ['day']],
  ['a group in camel case', { groupBy: 'errorCode' }, 'INVALID_GROUP_BY', 'groupBy', ['error_code']],
  ['a group in the plural', { groupBy: ['tags'] }, 'INVALID_GROUP_BY', 'groupBy', ['tag', 'status']],
  ['a filter', { filter: { enviroment: 'x' } }, 'INVALID_FILTER', 'filter', ['environment']],
  ['one of two filters', { filter: { model: 'm', sesion: ['x'] } }, 'INVALID_FILTER', 'filter', ['session']],
  [
    'a zone',
    { timezone: 'Europe/Berln' },
    'INVALID_TIMEZONE',
    'timezone',
    ['Europe/Berlin', 'Europe/Dublin', 'Europe/Jersey'],
  ],
])('%s: the nearest names', async (_, options, code, field, nearest) => {
  const { problems } = await refusalOf(options)
  const message = expect.stringMatching(new RegExp(`; did you mean ${nearest.join(', ')}\\?$`))
  expect(problems).toEqual([{ code, field, message }])
})

test.each<[string, unknown, string, string]>([
  ['a group that is like none', { groupBy: 'qqqqqqqq' }, 'INVALID_GROUP_BY', 'groupBy'],
  ['a group that every object has', { groupBy: '__proto__' }, 'INVALID_GROUP_BY', 'groupBy'],
  ['metadata without a key', { groupBy: 'metadata.' }, 'INVALID_GROUP_BY', 'groupBy'],
  ['metadata as a whole', { groupBy: ['metadata'] }, 'INVALID_GROUP_BY', 'groupBy'],
  ['metadata without a key as a filter', { filter: { 'metadata.': 'x' } }, 'INVALID_FILTER', 'filter'],
  ['a period as a filter', { filter: { day: '2026-01-31' } }, 'INVALID_FILTER', 'filter'],
  ['a filter by number', { filter: { 'metadata.team': 7 } }, 'INVALID_FILTER', 'filter.metadata.team'],
  ['a zone that is an offset', { timezone: '+01:00' }, 'INVALID_TIMEZONE', 'timezone'],
  ['a zone of 10,000 characters', { timezone: 'x'.repeat(10_000) }, 'INVALID_TIMEZONE', 'timezone'],
])('%s: no name is offered', async (_, options, code, field) => {
  const { problems } = await refusalOf(options)
  expect(problems).toEqual([{ code, field, message: expect.not.stringContaining('did you mean') }])
  expect(problems[0]?.message.length).toBeLessThan(200)
})

test('a weekday: all seven are offered', async () => {
  const { problems } = await refusalOf({ weekStart: 'sundy' })
  const message = 'is none of monday, tuesday, wednesday, thursday, friday, saturday, sunday'
  expect(problems).toEqual([{ code: 'INVALID_OPTION', field: 'weekStart', message }])
})

test('all problems of a question at once', async () => {
  const options = { timezone: 'Mars/Base', weekStart: 'x', groupBy: 'modle', filter: { usr: 'x' } }
  const { problems } = await refusalOf(options)
  expect(problems.map(({ field }) => field)).toEqual(['timezone', 'weekStart', 'groupBy', 'filter'])
})

test('any key of metadata is a name', async () => {
  const { ledger, entry } = await openTestLedger()
  const metadata = { 'a.b': 'x', ' ': 'y', __: 'z' }
  await ledger.logLLMRequest(entry({ status: 'success', metadata }))
  for (const [key, value] of Object.entries({ ...metadata, absent: null })) {
    const dimension = `metadata.${key}` as const
    const { breakdown } = await ledger.getStats({ type: 'global' }, { groupBy: ['day', dimension] })
    expect(breakdown).toMatchObject([{ [dimension]: value, requests: 1 }])
  }
})
