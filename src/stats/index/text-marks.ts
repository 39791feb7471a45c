/** A 32-bit mark of each text of a part, sorted: says of a text that it is not among them without reading them. */

/** FNV-1a, over UTF-16 units (Fowler, Noll, Vo). */
export function markOf(text: string): number {
  let mark = 0x811c9dc5
  for (let at = 0; at < text.length; at++) mark = Math.imul(mark ^ text.charCodeAt(at), 0x01000193)
  return mark >>> 0
}

export function marksOf(texts: readonly (string | null)[]): Uint32Array {
  return Uint32Array.from(texts.filter((text) => text !== null).map(markOf)).sort()
}

export function hasMark(marks: Uint32Array, text: string): boolean {
  const mark = markOf(text)
  let low = 0
  let high = marks.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((marks[middle] ?? 0) < mark) low = middle + 1
    else high = middle
  }
  return marks[low] === mark
}
