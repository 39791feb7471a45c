/** Numbers, the smallest first out. */
export class MinHeap {
  readonly #items: number[] = []

  push(item: number): void {
    const items = this.#items
    let at = items.length
    items.push(item)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = items[parent] ?? 0
      if (above <= item) break
      items[at] = above
      at = parent
    }
    items[at] = item
  }

  /** Undefined when it is empty. */
  pop(): number | undefined {
    const items = this.#items
    const smallest = items[0]
    const moved = items.pop()
    const { length } = items
    if (moved === undefined || length === 0) return smallest
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= length) break
      if (child + 1 < length && (items[child + 1] ?? 0) < (items[child] ?? 0)) child += 1
      const below = items[child] ?? 0
      if (below >= moved) break
      items[at] = below
      at = child
    }
    items[at] = moved
    return smallest
  }
}
