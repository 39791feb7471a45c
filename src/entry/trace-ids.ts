/** Ids of traces and spans as OpenTelemetry and W3C Trace Context name them. */

/** 32 lower case hex digits; undefined for what is none, such as the id of all zeros. */
export function traceIdOf(value: unknown): string | undefined {
  return idOf(value, 32)
}

/** 16 lower case hex digits; undefined for what is none, such as the id of all zeros. */
export function spanIdOf(value: unknown): string | undefined {
  return idOf(value, 16)
}

function idOf(value: unknown, digits: number): string | undefined {
  if (typeof value !== 'string' || value.length !== digits || !/^[0-9a-fA-F]+$/.test(value)) return undefined
  return /^0+$/.test(value) ? undefined : value.toLowerCase()
}
