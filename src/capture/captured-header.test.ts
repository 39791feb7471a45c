import { expect, test } from 'vitest'
import { mayBeProxy } from './captured-header.js'

test.each([
  ['http://127.0.0.1:4600/proxy/openai', true],
  ['http://localhost:4600/proxy/openai/chat/completions', true],
  ['http://[::1]:4600/proxy/anthropic', true],
  ['https://api.openai.com/v1', false],
  ['https://example.com/proxy/openai', false],
  ['http://127.0.0.1.example.com/proxy/openai', false],
  ['http://127.0.0.1:8080/v1', false],
  ['no address', false],
  [undefined, false],
])('%s: %s', (url, expected) => {
  expect(mayBeProxy(url)).toBe(expected)
})
