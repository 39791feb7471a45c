import { Skipped } from '../harness/run-case.mjs'

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'quota',
  fault: 'disk full',
  checks: 'a quota that is reached',
  async run() {
    throw new Skipped(
      'needs the quota tools and a user of its own; EDQUOT takes the same way as ENOSPC, see disk-full',
    )
  },
}
