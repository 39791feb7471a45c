/** Whatever was done to a workspace, and by whom: getStats answers what a fold over the lines of its files answers. */
import fc from 'fast-check'
import { test } from 'vitest'
import { programs } from './stats-ledger/steps.js'
import { Workshop } from './stats-ledger/workshop.js'

test('stats equal the fold, whatever was logged, rotated, retired, repaired, reopened and deleted before', async () => {
  await fc.assert(
    fc.asyncProperty(programs, (program) => new Workshop().run(program)),
    { numRuns: 160 },
  )
})
