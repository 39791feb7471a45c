/** Everything an async iterable gives; Node 20 has no Array.fromAsync. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
