/** Settings of a request that are worth keeping: plain values, and how many tools were offered. Nothing a user wrote. */
import { type Json, jsonOf, listOf, textOf } from '../json.js'

/** The fields of these names that are a text, a number or a boolean; `tools_count` and `tool_choice` beside them. */
export function settingsOf(body: Json, names: readonly string[]): Record<string, unknown> {
  const settings: Record<string, unknown> = {}
  for (const name of names) {
    const value = body[name]
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      settings[name] = value
  }
  if (Array.isArray(body.tools)) settings.tools_count = listOf(body.tools).length
  const choice = textOf(body.tool_choice) ?? textOf(jsonOf(body.tool_choice).type)
  if (choice !== undefined) settings.tool_choice = choice
  return settings
}
