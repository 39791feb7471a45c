/** Results are camelCase in the library and snake_case in HTTP answers and on the command line. */

/** Fields whose keys are data (names of models), not names of ours. */
const KEYED_BY_DATA = new Set(['models'])

/** Only these are names of ours: a dimension such as `metadata.userTier` stays as it was asked for. */
const CAMEL_NAME = /^[a-z][A-Za-z0-9]*$/

/**
 * A copy with every camelCase key in snake_case: `latencyMs` becomes `latency_ms`, `p50` stays. The keys of `models`
 * are names of models and stay as they are. Entries and messages are snake_case already and do not pass here.
 */
export function toSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSnakeCase)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      toSnakeName(key),
      KEYED_BY_DATA.has(key) ? mapValues(item) : toSnakeCase(item),
    ]),
  )
}

function mapValues(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return toSnakeCase(value)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toSnakeCase(item)]))
}

/** `fromDate` as `from_date`; what is no camelCase name stays. */
export function toSnakeName(name: string): string {
  if (!CAMEL_NAME.test(name)) return name
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
