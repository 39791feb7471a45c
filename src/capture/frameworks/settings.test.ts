import { expect, test } from 'vitest'
import { settingsOf, shortText } from './settings.js'

/** A key that the cut at 256 characters would leave too little of to be known. */
const LONG = `${'a '.repeat(120)}sk-proj-${'a1B2c3D4'.repeat(10)}`

test('a key across the cut is taken out before', () => {
  const cut = /^(?:a ){120}\[REDACTED\]$/
  expect(shortText(LONG)).toMatch(cut)
  expect(settingsOf({ effort: LONG }, { effort: 'reasoning_effort' }).reasoning_effort).toMatch(cut)
})
