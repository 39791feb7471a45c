/** A crossing as POST to the address that the owner gave. The address may hold a secret: it is in no error and no log. */
import { setTimeout as wait } from 'node:timers/promises'
import { invalid } from '../../errors.js'
import { toSnakeCase } from '../../snake-case.js'
import type { BudgetCrossing } from './budget.js'

const TIMEOUT_MS = 5_000
/** Between two tries. */
const PAUSES_MS = [500, 2_000, 8_000]
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Throws ValidationError INVALID_OPTION. */
export function checkWebhook(address: string, operation: string): void {
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined
  if (url !== undefined && url.username + url.password !== '') {
    throw invalid(operation, 'INVALID_OPTION', 'webhook', 'has a user or password in it, which fetch refuses')
  }
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname))) return
  const message = 'is neither an https address nor a http address on this machine'
  throw invalid(operation, 'INVALID_OPTION', 'webhook', message)
}

/** Resolves when it was answered with 2xx. Throws an Error that says why not, without the address. */
export async function postCrossing(
  address: string,
  crossing: BudgetCrossing,
  pausesMs: readonly number[] = PAUSES_MS,
): Promise<void> {
  const body = JSON.stringify({ event: 'budget_crossed', ...Object(toSnakeCase(crossing)) })
  for (let attempt = 0; ; attempt++) {
    const problem = await post(address, body)
    if (problem === undefined) return
    const pause = pausesMs[attempt]
    if (pause === undefined) {
      throw new Error(`the webhook of a budget was tried ${attempt + 1} times and ${problem}`)
    }
    await wait(pause, undefined, { ref: false })
  }
}

/** What went wrong. */
async function post(address: string, body: string): Promise<string | undefined> {
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      // Another address than the one that was allowed.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await response.body?.cancel()
    return response.ok ? undefined : `answered ${response.status}`
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    return isLate ? 'did not answer in time' : 'could not be reached'
  }
}
