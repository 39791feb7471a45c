import fc from 'fast-check'
import { expect, test } from 'vitest'
import { STATUSES } from '../../entry/entry.js'
import { packCombinations, unpackCombinations } from './packed-combinations.js'

const text = fc.option(fc.string())
const combination = fc.record({
  status: fc.constantFrom(...STATUSES),
  model: text,
  provider: text,
  request_type: text,
  environment: text,
  error_code: text,
  project: text,
  estimated: fc.boolean(),
  summarized: fc.boolean(),
  writer: text,
})

test('combinations come back from the JSON of a header as they were', () => {
  fc.assert(
    fc.property(fc.array(combination), (all) => {
      const packed = JSON.parse(JSON.stringify(packCombinations(all)))
      expect(unpackCombinations(packed)).toEqual(all)
    }),
  )
})

test('what has an unknown status is none', () => {
  const { codes } = packCombinations([
    {
      status: 'success',
      ...{ model: null, provider: null, request_type: null, environment: null, error_code: null },
      ...{ project: null, estimated: false, summarized: false, writer: null },
    },
  ])
  expect(unpackCombinations({ texts: [null, 'unheard of'], codes })).toBeUndefined()
})
