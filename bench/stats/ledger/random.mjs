// Numbers that look random and are the same in each run of the same seed.

/** A source of unsigned 32-bit integers (sfc32). */
export function randomSource(seed) {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, seed | 0, 1]
  const next = () => {
    const sum = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  // The first ones still show the seed.
  for (let i = 0; i < 15; i++) next()
  return {
    next,
    /** From 0 up to, and without, `end`. */
    below: (end) => Math.floor((next() / 2 ** 32) * end),
    /** From 0 up to, and without, 1. */
    share: () => next() / 2 ** 32,
  }
}

/** Four hex digits of each 16-bit integer: an id is a few look-ups. */
const HEX = Array.from({ length: 65_536 }, (_, i) => i.toString(16).padStart(4, '0'))

/** A UUID v7 of that millisecond. */
export function uuidV7({ next }, ms) {
  const high = Math.floor(ms / 65_536)
  const [a, b, c] = [next(), next(), next()]
  return `${HEX[high >>> 16]}${HEX[high & 65_535]}-${HEX[ms % 65_536]}-${HEX[(a & 0x0fff) | 0x7000]}-${HEX[((a >>> 16) & 0x3fff) | 0x8000]}-${HEX[b >>> 16]}${HEX[b & 65_535]}${HEX[c >>> 16]}`
}

/** 32 hex digits, as a trace has. */
export function traceId({ next }) {
  const [a, b, c, d] = [next(), next(), next(), next()]
  return `${HEX[a >>> 16]}${HEX[a & 65_535]}${HEX[b >>> 16]}${HEX[b & 65_535]}${HEX[c >>> 16]}${HEX[c & 65_535]}${HEX[d >>> 16]}${HEX[d & 65_535]}`
}
