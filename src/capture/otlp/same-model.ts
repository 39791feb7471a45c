/** Whether two records of calls may name one model. */

/** A day or a month at the end of a name: a request says `gpt-4o`, its answer `gpt-4o-2024-08-06`. */
const DATED = /[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|latest)$/

/** The names of the request and of the answer, as far as they are known: true when one is in both, or one side has none. */
export function mayBeSameModel(
  one: readonly (string | undefined)[],
  other: readonly (string | undefined)[],
): boolean {
  const [names, others] = [one.flatMap(bareName), other.flatMap(bareName)]
  return names.length === 0 || others.length === 0 || names.some((name) => others.includes(name))
}

/** Without the path that routers and Google put before it, and without the day. */
function bareName(name: string | undefined): string[] {
  if (name === undefined || name === '' || name === 'unknown') return []
  return [
    name
      .slice(name.lastIndexOf('/') + 1)
      .toLowerCase()
      .replace(DATED, ''),
  ]
}
