/**
 * A column of numbers as bytes, little-endian: whole numbers as narrow as they fit, decimals as whole numbers of a unit when
 * that gives each of them back bit by bit, doubles otherwise.
 */

/** `unit`: how many make 1; `base` is added; `hasNone`: the largest number stands for NaN. */
export type ColumnShape =
  | { readonly kind: 'none' }
  | { readonly kind: 'double' }
  | {
      readonly kind: 'whole'
      readonly bytes: 1 | 2 | 4
      readonly unit: number
      readonly base: number
      readonly hasNone: boolean
    }
  /** Rising numbers: the first, and what each is more than the one before. */
  | { readonly kind: 'rising'; readonly bytes: 1 | 2 | 4; readonly first: number }

export interface EncodedColumn {
  readonly shape: ColumnShape
  readonly bytes: Uint8Array
}

const UNITS = [1, 10, 1_000, 1e6, 1e9, 1e12]
const LARGEST = { 1: 0xff, 2: 0xffff, 4: 0xffffffff } as const

export function encodeDoubles(values: Float64Array): EncodedColumn {
  const unit = UNITS.find((candidate) => isWholeIn(values, candidate))
  if (unit !== undefined) {
    const { low, high, hasNone } = rangeOf(values)
    if (low > high) return { shape: { kind: 'none' }, bytes: new Uint8Array(0) }
    const lowest = Math.round(low * unit)
    const none = hasNone ? 1 : 0
    const bytes = widthOf(Math.round(high * unit) - lowest + none)
    // As they are when that takes no more: they are read faster.
    const base = lowest >= 0 && widthOf(Math.round(high * unit) + none) === bytes ? 0 : lowest
    if (bytes !== undefined) {
      const whole = wholes(bytes, values.length)
      fillWhole(whole, values, unit, base, LARGEST[bytes])
      return { shape: { kind: 'whole', bytes, unit, base, hasNone }, bytes: bytesOf(whole) }
    }
  }
  return { shape: { kind: 'double' }, bytes: bytesOf(values.slice()) }
}

// Each loop in a function of its own: those are compiled once, and early, for all columns.

function rangeOf(values: Float64Array): { low: number; high: number; hasNone: boolean } {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  let hasNone = false
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? Number.NaN
    if (value < low) low = value
    if (value > high) high = value
    if (Number.isNaN(value)) hasNone = true
  }
  return { low, high, hasNone }
}

function fillWhole(
  whole: Uint8Array | Uint16Array | Uint32Array,
  values: Float64Array,
  unit: number,
  base: number,
  none: number,
): void {
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? Number.NaN
    whole[at] = Number.isNaN(value) ? none : Math.round(value * unit) - base
  }
}

/** Of numbers that never fall. */
export function encodeRising(values: Float64Array): EncodedColumn {
  let widest = 0
  let isWhole = true
  for (let at = 1; at < values.length; at++) {
    const step = (values[at] ?? 0) - (values[at - 1] ?? 0)
    if (step > widest) widest = step
    isWhole &&= Number.isInteger(step) && step >= 0
  }
  const bytes = isWhole && values.length > 0 ? widthOf(widest) : undefined
  if (bytes === undefined) return encodeDoubles(values)
  const steps = wholes(bytes, values.length)
  for (let at = 1; at < values.length; at++) steps[at] = (values[at] ?? 0) - (values[at - 1] ?? 0)
  return { shape: { kind: 'rising', bytes, first: values[0] ?? 0 }, bytes: bytesOf(steps) }
}

export function encodeCodes(codes: Uint32Array): EncodedColumn {
  return encodeDoubles(new Float64Array(codes))
}

/** Some rows of a column: from `from` on and before `to`. */
export interface Rows {
  readonly from: number
  readonly to: number
}

/** `bytes`, those of all rows, begin at a multiple of 8 of their buffer. */
export function decodeDoubles(shape: ColumnShape, bytes: Uint8Array, { from, to }: Rows): Float64Array {
  const count = to - from
  const values = new Float64Array(count)
  switch (shape.kind) {
    case 'none':
      return values.fill(Number.NaN)
    case 'double':
      return new Float64Array(bytes.buffer, bytes.byteOffset + 8 * from, count)
    case 'rising': {
      const steps = wholes(shape.bytes, to, bytes)
      let value = shape.first
      for (let at = 0; at < to; at++) {
        value += steps[at] ?? 0
        if (at >= from) values[at - from] = value
      }
      return values
    }
    case 'whole': {
      const { unit, base, hasNone } = shape
      const none = hasNone ? LARGEST[shape.bytes] : -1
      const whole = wholes(shape.bytes, to, bytes).subarray(from)
      if (unit === 1 && base === 0 && !hasNone) {
        values.set(whole)
        return values
      }
      for (let at = 0; at < count; at++) {
        const number = whole[at] ?? 0
        values[at] = number === none ? Number.NaN : (number + base) / unit
      }
      return values
    }
  }
}

export function decodeCodes(shape: ColumnShape, bytes: Uint8Array, rows: Rows): Uint32Array {
  if (shape.kind === 'whole' && shape.base === 0) {
    return new Uint32Array(wholes(shape.bytes, rows.to, bytes).subarray(rows.from))
  }
  return new Uint32Array(decodeDoubles(shape, bytes, rows))
}

function isWholeIn(values: Float64Array, unit: number): boolean {
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? Number.NaN
    if (Number.isNaN(value)) continue
    const whole = Math.round(value * unit)
    // -0 would come back as 0.
    if (!Number.isSafeInteger(whole) || whole / unit !== value || Object.is(value, -0)) return false
  }
  return true
}

/** Undefined when it does not fit. The largest number of a width is kept free. */
function widthOf(highest: number): 1 | 2 | 4 | undefined {
  if (highest < LARGEST[1]) return 1
  if (highest < LARGEST[2]) return 2
  return highest < LARGEST[4] ? 4 : undefined
}

function wholes(width: 1 | 2 | 4, count: number, bytes?: Uint8Array): Uint8Array | Uint16Array | Uint32Array {
  const buffer = bytes?.buffer ?? new ArrayBuffer(count * width)
  const from = bytes?.byteOffset ?? 0
  if (width === 1) return new Uint8Array(buffer, from, count)
  return width === 2 ? new Uint16Array(buffer, from, count) : new Uint32Array(buffer, from, count)
}

function bytesOf(array: Uint8Array | Uint16Array | Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}
