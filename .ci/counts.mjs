// Prints `N passed, N failed` from vitest's JSON report. Arguments: the report, how many steps of CI failed.
import { readFileSync } from 'node:fs'

const [path, failedSteps] = process.argv.slice(2)
const { passed, failed, skipped } = counts(path)
// What fails outside of a test (a suite that does not load, a hook, an unhandled rejection, lint) is a failure too.
const reported = failed === 0 && Number(failedSteps) > 0 ? Number(failedSteps) : failed
if (skipped > 0) console.log(`${skipped} skipped`)
console.log(`${passed} passed, ${reported} failed`)
process.exit(reported > 0 || passed === 0 ? 1 : 0)

/** @param {string} report */
function counts(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    )
    const failsOfItsOwn = testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    )
    return {
      passed: numPassedTests,
      failed: numFailedTests + failsOfItsOwn.length,
      skipped: numPendingTests + numTodoTests,
    }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}
