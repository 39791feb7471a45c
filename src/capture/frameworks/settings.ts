/** Settings of a request that are plain values. Nothing a user wrote, and no header, gets into an entry through here. */
import { redactedCut } from '../../entry/redact.js'
import { type Json, listOf } from '../json.js'

/** The named fields of the source that are text, number or boolean, under the names on the right. */
export function settingsOf(source: Json, names: Readonly<Record<string, string>>): Record<string, unknown> {
  const settings: Record<string, unknown> = {}
  for (const [name, as] of Object.entries(names)) {
    const value = source[name]
    if (typeof value === 'number' || typeof value === 'boolean') settings[as] = value
    else if (typeof value === 'string') settings[as] = redactedCut(value, MAX_TEXT)
  }
  if (Array.isArray(source.tools) && source.tools.length > 0)
    settings.tools_count = listOf(source.tools).length
  return settings
}

/** Names such as a finish reason or a model; providers may send anything. */
export function shortText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? redactedCut(value, MAX_TEXT) : undefined
}

const MAX_TEXT = 256
