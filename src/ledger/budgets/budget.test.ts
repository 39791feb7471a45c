import { expect, test } from 'vitest'
import { ValidationError } from '../../errors.js'
import { type Budget, checkBudget, checkBudgets } from './budget.js'

const budget: Budget = { scope: { type: 'global' }, period: 'day', limitUsd: 5 }

test('what is not given has its default, and the limit itself is always told', () => {
  expect(checkBudget(budget, 'test')).toMatchObject({
    timezone: 'UTC',
    weekStart: 'monday',
    shares: [0.8, 1],
  })
  expect(checkBudget({ ...budget, warnAt: [1.2, 0.5, 1, 0.5] }, 'test').shares).toEqual([0.5, 1, 1.2])
})

test.each([
  ['no scope', { scope: undefined }, 'INVALID_SCOPE'],
  ['another period', { period: 'year' }, 'INVALID_OPTION'],
  ['a limit of 0', { limitUsd: 0 }, 'INVALID_OPTION'],
  ['a limit that is NaN', { limitUsd: Number.NaN }, 'INVALID_OPTION'],
  ['a limit as text', { limitUsd: '5' }, 'INVALID_OPTION'],
  ['a share of 0', { warnAt: [0] }, 'INVALID_OPTION'],
  ['a share in percent', { warnAt: [80] }, 'INVALID_OPTION'],
  ['shares that are no list', { warnAt: 0.8 }, 'INVALID_OPTION'],
  ['a zone that is none', { timezone: 'Mars/Base' }, 'INVALID_TIMEZONE'],
  ['a callback that is none', { onCrossing: 'mail' }, 'INVALID_OPTION'],
  ['a misspelt field', { limit: 5 }, 'INVALID_OPTION'],
  ['a webhook over plain http elsewhere', { webhook: 'http://example.com/x' }, 'INVALID_OPTION'],
  ['a webhook that is a file', { webhook: 'file:///etc/passwd' }, 'INVALID_OPTION'],
  ['a webhook that is no address', { webhook: 'hooks' }, 'INVALID_OPTION'],
  ['a webhook with a password', { webhook: 'https://u:p@hooks.example/' }, 'INVALID_OPTION'],
])('%s is refused', (_name, wrong, code) => {
  const given = { ...budget, ...wrong }
  const refused = (): unknown => checkBudgets([given], 'test')
  expect(refused).toThrow(ValidationError)
  expect(refused).toThrow(expect.objectContaining({ code }))
})

test('an address is in no error', () => {
  const given = { ...budget, webhook: 'ftp://hooks.example/secret-path' }
  expect(() => checkBudget(given, 'test')).toThrow(expect.not.objectContaining({ message: /secret-path/ }))
})

test.each(['https://hooks.example/x', 'http://127.0.0.1:9/x', 'http://localhost/x', 'http://[::1]:9/'])(
  '%s may be a webhook',
  (webhook) => {
    expect(checkBudget({ ...budget, webhook }, 'test').targets).toHaveLength(1)
  },
)
