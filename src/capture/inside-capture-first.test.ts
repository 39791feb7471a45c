/** Alone in its file, and so in its process: contexts are followed from their first use on. */
import { expect, test } from 'vitest'
import { enterCapture, isInsideCapture, prepareScopes } from './inside-capture.js'

test('the first callback of a process puts nothing else inside, once scopes are prepared', async () => {
  const ledger = {}
  prepareScopes()
  const entered = (async () => {
    await null
    enterCapture(ledger)
    await null
    return isInsideCapture(ledger)
  })()
  const beside = (async () => {
    await null
    await null
    return isInsideCapture(ledger)
  })()
  expect(await Promise.all([entered, beside])).toEqual([true, false])
})
