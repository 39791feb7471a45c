import { expect, test } from 'vitest'
import { captureAnthropic } from './anthropic/index.js'
import type { CaptureOptions } from './capture.js'
import { checkCaptureOptions } from './check-options.js'
import { captureFetch } from './fetch/index.js'
import { captureOpenAI } from './openai/index.js'

const options = { ledger: { logLLMRequest: () => undefined }, projectId: 'p', chatId: () => 'c' }

function checked(more: object): () => void {
  const given: unknown = { ...options, ...more }
  // What JavaScript can pass.
  return () => checkCaptureOptions(given as CaptureOptions, 'test', ['idleMs'])
}

test.each([
  ['a content mode nobody knows', { content: 'off' }, 'content'],
  ['a content mode in capitals', { content: 'None' }, 'content'],
  ['a misspelt content', { contents: 'none' }, 'contents'],
  ['a name in snake_case', { personal_data: true }, 'personal_data'],
  ['personal data as text', { personalData: 'yes' }, 'personalData'],
  ['a redact that is no function', { redact: /x/ }, 'redact'],
  ['no ledger', { ledger: undefined }, 'ledger'],
  ['an object that is no ledger', { ledger: {} }, 'ledger'],
  ['a ledger that was not awaited', { ledger: Promise.resolve({}) }, 'await openLedger()'],
  ['no project', { projectId: undefined }, 'projectId'],
  ['a chat that is a number', { chatId: 7 }, 'chatId'],
])('%s is refused when the capture is set up', (_name, more, field) => {
  expect(checked(more)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(field) }),
  )
})

test.each([
  ['what must be there', {}],
  [
    'all that may be',
    { content: 'hashed', messages: false, personalData: true, redact: String, headers: [], idleMs: 5 },
  ],
])('%s is taken', (_name, more) => {
  expect(checked(more)).not.toThrow()
})

test('every capture of HTTP checks', () => {
  const wrong = { ...options, content: 'off' } as unknown as CaptureOptions
  const client = { baseURL: '', withOptions: () => client, request: () => ({ asResponse: async () => ({}) }) }
  expect(() => captureOpenAI(client as never, wrong)).toThrow('content')
  expect(() => captureAnthropic(client as never, wrong)).toThrow('content')
  expect(() => captureFetch(fetch, wrong)).toThrow('content')
})
