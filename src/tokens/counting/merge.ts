/** Byte pair encoding of one piece of text, as a count. */
import { MinHeap } from './min-heap.js'

/**
 * Into how many tokens the bytes fall: two neighbours become one as long as any two are a token, those of the lowest rank
 * first and of equals the leftmost. `bytes` has a character a byte. Time grows as n log n, so a megabyte without a space
 * is no way to hold somebody up.
 */
export function mergedLength(bytes: string, ranks: ReadonlyMap<string, number>): number {
  const { length } = bytes
  // Parts are known by where they begin; a part that was merged into the one before has no pair any more.
  const next = new Int32Array(length)
  const before = new Int32Array(length)
  const pairs = new Int32Array(length)
  const heap = new MinHeap()

  const beginOfNext = (begin: number): number => next[begin] ?? length
  const look = (begin: number): void => {
    const second = beginOfNext(begin)
    const rank = second < length ? ranks.get(bytes.slice(begin, beginOfNext(second))) : undefined
    pairs[begin] = rank ?? NO_PAIR
    if (rank !== undefined) heap.push(rank * POSITIONS + begin)
  }

  for (let at = 0; at < length; at += 1) {
    next[at] = at + 1
    before[at] = at - 1
  }
  for (let at = 0; at < length; at += 1) look(at)
  let parts = length
  for (let key = heap.pop(); key !== undefined; key = heap.pop()) {
    const begin = key % POSITIONS
    // One of the two became part of something else in the meantime.
    if (pairs[begin] !== (key - begin) / POSITIONS) continue
    const second = beginOfNext(begin)
    const third = beginOfNext(second)
    next[begin] = third
    if (third < length) before[third] = begin
    pairs[second] = NO_PAIR
    parts -= 1
    look(begin)
    const previous = before[begin] ?? -1
    if (previous >= 0) look(previous)
  }
  return parts
}

const NO_PAIR = -1
/** Rank and position in one number that is exact: ranks end below 2^18, and no piece has 2^34 bytes. */
const POSITIONS = 2 ** 34
