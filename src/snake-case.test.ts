import { expect, test } from 'vitest'
import { toSnakeCase } from './snake-case.js'

test.each([
  ['a camelCase name', { totalRequests: 1 }, { total_requests: 1 }],
  ['a nested name', { summary: { latencyMs: { p50: 1 } } }, { summary: { latency_ms: { p50: 1 } } }],
  ['a list of objects', [{ averageLatencyMs: 2 }], [{ average_latency_ms: 2 }]],
  ['a name of one word', { requests: 3 }, { requests: 3 }],
  ['a snake_case name', { request_type: 'chat' }, { request_type: 'chat' }],
  ['null and undefined', { defaultModel: null, x: undefined }, { default_model: null, x: undefined }],
  [
    'names of models',
    { models: { 'acme/BigModel': { averageLatencyMs: 1 }, gptTurbo: { errorRate: 0 } } },
    { models: { 'acme/BigModel': { average_latency_ms: 1 }, gptTurbo: { error_rate: 0 } } },
  ],
  ['a metadata dimension', { 'metadata.userTier': 'gold' }, { 'metadata.userTier': 'gold' }],
  ['string values', { model: 'camelCase' }, { model: 'camelCase' }],
])('%s', (_name, input, expected) => {
  expect(toSnakeCase(input)).toStrictEqual(expected)
})

test('a model named __proto__ stays a key and pollutes nothing', () => {
  const mapped = toSnakeCase({ models: JSON.parse('{"__proto__":{"errorRate":1}}') })
  expect(JSON.stringify(mapped)).toBe('{"models":{"__proto__":{"error_rate":1}}}')
  expect(Object.prototype).not.toHaveProperty('error_rate')
})
