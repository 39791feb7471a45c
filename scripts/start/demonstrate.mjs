// The demonstration in a workspace. That it adds up is the point of it: when it does not, that is an error.
import { makeDemonstration } from '../../demo/main.mjs'
import { openLedger } from '../../dist/index.js'

/** Throws an Error that says what is wrong. */
export async function demonstrate(workspace, print) {
  const ledger = await openLedger({ workspace, systemLog: { pretty: false } })
  try {
    requireAgreement(await makeDemonstration(ledger, { print }))
  } catch (error) {
    throw new Error(`the demonstration failed: ${error.message}`, { cause: error })
  } finally {
    await ledger.close()
  }
}

/** @param {import('../../demo/main.mjs').DemonstrationResult} result */
export function requireAgreement({ calls, entries, attempts, served, agrees }) {
  if (agrees) return
  throw new Error(
    `it does not add up: ${calls} calls were made and ${entries} entries are in the log; ` +
      `the provider counted ${served} HTTP requests and the entries ${attempts}`,
  )
}
