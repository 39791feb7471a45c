import { expect, test } from 'vitest'
import { modelsDiffer } from './same-model.js'

const GPT = 'gpt-4o'
const AUGUST = 'gpt-4o-2024-08-06'
const NOVEMBER = 'gpt-4o-2024-11-20'

test.each([
  ['the same name', [GPT], [GPT], false],
  ['a name that is the other answer', [GPT, AUGUST], [AUGUST], false],
  ['a day that the other leaves out', [GPT], [AUGUST], false],
  ['a day in another form', ['claude-3-5@20240620'], ['claude-3-5-2024-06-20'], false],
  ['the latest, and its day', ['claude-3-5-latest'], ['claude-3-5-20241022'], false],
  ['the path of a router', ['openai/gpt-4o'], ['GPT-4o'], false],
  ['no name', [undefined], [GPT], false],
  ['an unknown name', ['unknown'], [GPT], false],
  ['an alias that the answers resolve alike', ['mine', GPT], ['yours', GPT], false],
  ['another name', [GPT], ['gpt-4o-mini'], true],
  ['two days', [AUGUST], [NOVEMBER], true],
  ['two days of the answer', [GPT, AUGUST], [GPT, NOVEMBER], true],
  ['a day that was asked for, and another that answered', [NOVEMBER], [GPT, AUGUST], true],
  ['answers of two models', [GPT, 'a'], [GPT, 'b'], true],
])('%s', (_name, [model, answer], [other, otherAnswer], differ) => {
  const [one, two] = [
    { model, answer },
    { model: other, answer: otherAnswer },
  ]
  expect([modelsDiffer(one, two), modelsDiffer(two, one)]).toEqual([differ, differ])
})
