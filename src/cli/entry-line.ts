/** One entry as one line for people. */
import type { LoggedEntry } from '../index.js'
import { colors, count, milliseconds, usd } from './style.js'
import { terminalText } from './terminal-text.js'

/** When, status, model, tokens, latency, cost, chat and id; what the entry lacks is left out. */
export function entryLine(entry: LoggedEntry): string {
  const { usage, timings, cost } = entry
  const parts = [
    entry.timestamp_start,
    statusText(entry.status),
    entry.model,
    usage?.total_tokens === undefined ? undefined : `${count(usage.total_tokens)} tokens`,
    timings?.latency_ms === undefined ? undefined : milliseconds(timings.latency_ms),
    typeof cost?.amount === 'number' ? usd(cost.amount) : undefined,
    entry.error ? `${entry.error.code}: ${entry.error.message.slice(0, 200)}` : undefined,
    `chat ${entry.chat_id}`,
    `id ${entry.id}`,
  ]
  const [when, status, ...rest] = parts.filter((part) => part !== undefined)
  return [colors.dim(terminalText(when ?? '')), status, ...rest.map(terminalText)].join('  ')
}

function statusText(status: LoggedEntry['status']): string {
  const padded = terminalText(status).padEnd('success'.length)
  if (status === 'success') return colors.green(padded)
  return status === 'pending' ? colors.yellow(padded) : colors.red(padded)
}
