/** Unix nanoseconds, which do not fit a number: 2^53 of them were over in April 1970. */

const DIGITS = /^\d{1,20}$/
/** The largest fixed64. */
const MAX = (1n << 64n) - 1n
const IN_A_MS = 1_000_000n

/** Undefined for 0, which means that it was not set, and for what is no time. */
export function nanosOf(value: unknown): bigint | undefined {
  const nanos = integer(value)
  return nanos === undefined || nanos <= 0n || nanos > MAX ? undefined : nanos
}

function integer(value: unknown): bigint | undefined {
  if (typeof value === 'string') return DIGITS.test(value) ? BigInt(value) : undefined
  // An exporter that writes numbers lost the last digits itself.
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined
  return undefined
}

/** Whole epoch ms. */
export function millisOf(nanos: bigint): number {
  return Number(nanos / IN_A_MS)
}

/** ms with two digits behind the point. */
export function durationMs(from: bigint, to: bigint): number {
  return Math.round(Number(to - from) / 1e4) / 100
}
