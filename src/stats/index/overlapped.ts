/** What is read of each of the items, in order: the next one is read while the one before is worked with. */
export async function* overlapped<T, R>(
  items: readonly T[],
  read: (item: T) => Promise<R>,
): AsyncGenerator<readonly [item: T, read: R]> {
  let next = items[0] === undefined ? undefined : read(items[0])
  for (const [at, item] of items.entries()) {
    const content = next === undefined ? await read(item) : await next
    const following = items[at + 1]
    next = following === undefined ? undefined : read(following)
    // What fails is told when its turn comes.
    next?.catch(() => {})
    yield [item, content]
  }
}
