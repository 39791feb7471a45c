import { Skipped } from '../harness/run-case.mjs'

/** @type {import('../harness/run-case.mjs').Case} */
export default {
  name: 'upstream',
  fault: 'upstream (capture, proxy)',
  checks: 'reset in mid-stream, stall, client abort',
  async run() {
    throw new Skipped('capture: tested in test/capture; there is no proxy yet')
  },
}
