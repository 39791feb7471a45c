/** What is remembered of the latest: a map in the order in which its keys were put. */

/**
 * Beyond `limit`, a tenth of it goes at once: a map that loses its first key again and again is walked over all the places
 * that these had.
 */
export function dropOldest<Key, Value>(
  map: Map<Key, Value>,
  limit: number,
  sizeOf: (value: Value) => number = () => 1,
  size = map.size,
): number {
  if (size <= limit) return size
  const kept = keptOf(limit)
  let left = size
  for (const [key, value] of map) {
    if (left <= kept) break
    map.delete(key)
    left -= sizeOf(value)
  }
  return left
}

function keptOf(limit: number): number {
  return limit - Math.floor(limit / 10)
}
