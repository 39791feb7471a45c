import { expect, test } from 'vitest'
import { isAllowedHost, isAllowedOrigin, isLoopback } from './allowed-host.js'

test.each([
  ['localhost:4600', 4600, true],
  ['127.0.0.1:4600', 4600, true],
  ['[::1]:4600', 4600, true],
  ['LOCALHOST:4600', 4600, true],
  ['localhost', 80, true],
  ['localhost:9999', undefined, true],
  ['localhost', 4600, false],
  ['localhost:4601', 4600, false],
  ['evil.example:4600', 4600, false],
  ['localhost.evil.example:4600', 4600, false],
  ['127.0.0.1.evil.example:4600', 4600, false],
  ['evil.example#localhost:4600', 4600, false],
  ['localhost:4600@evil.example', 4600, false],
  ['0.0.0.0:4600', 4600, false],
  ['::1:4600', 4600, false],
  ['localhost:', 4600, false],
  ['localhost:4600:4600', 4600, false],
  ['', 4600, false],
  [undefined, 4600, false],
])('Host %s on port %s: %s', (header, port, allowed) => {
  expect(isAllowedHost(header, port)).toBe(allowed)
})

test.each([
  [undefined, true],
  ['http://localhost:4600', true],
  ['http://127.0.0.1:4600', true],
  ['http://[::1]:4600', true],
  ['https://localhost:4600', false],
  ['http://localhost:3000', false],
  ['http://evil.example', false],
  ['http://localhost:4600.evil.example', false],
  ['null', false],
  ['', false],
  ['file://', false],
])('Origin %s: %s', (header, allowed) => {
  expect(isAllowedOrigin(header, 4600)).toBe(allowed)
})

test.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.10', false],
  ['127.evil.example', false],
  ['', false],
])('listening on %s: %s', (host, loopback) => {
  expect(isLoopback(host)).toBe(loopback)
})
