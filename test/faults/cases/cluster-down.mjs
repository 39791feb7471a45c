import { Skipped } from '../harness/run-case.mjs'

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'cluster-down',
  fault: 'the cluster is down',
  checks: 'the journal is unaffected; afterwards exactly once per id',
  async run() {
    throw new Skipped('nothing is shipped to a cluster yet')
  },
}
