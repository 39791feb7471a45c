// The cases that are quick, with small numbers; `npm run faults` runs all of them, with large ones.
import { expect, test } from 'vitest'
import { CASES } from './cases.mjs'
import { runCase, SMALL } from './harness/run-case.mjs'

const LIMIT_MS = 120_000

for (const one of CASES.filter(({ quick }) => quick)) {
  test(
    `${one.name}: ${one.checks}`,
    async (context) => {
      const seed = Date.now() % 1_000_000
      const { result, text } = await runCase(one, { numbers: SMALL, seed, limitMs: LIMIT_MS })
      if (result === 'skipped') context.skip(text)
      if (result === 'failed') expect.fail(`seed ${seed}: ${text}`)
    },
    LIMIT_MS * 1.5,
  )
}
