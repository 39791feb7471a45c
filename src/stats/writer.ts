/** The process that wrote a pending line, as the line says it. */
import type { Writer } from '../entry/entry.js'

/** Undefined for what is no writer. */
export function parseWriter(json: string): Writer | undefined {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (!('host' in value && 'pid' in value && 'started' in value)) return undefined
  const { host, pid, started } = value
  if (typeof host !== 'string' || typeof pid !== 'number' || typeof started !== 'string') return undefined
  return { host, pid, started }
}
