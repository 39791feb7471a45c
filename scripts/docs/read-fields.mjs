// Which field of a provider's usage ends up in which of ours: found by counting each up and down and looking at what moves.

/** `[path, our fields]` of each number in the sample that is read, in the order of the sample. */
export function readFields(reported, normalise) {
  const before = normalise(reported)
  const paths = numbersIn(reported)
  const totals = paths.filter((path) => /^total_?token/i.test(path.at(-1)))
  return paths.flatMap((path) => {
    const isTotal = totals.includes(path)
    // Up or down, with the total or without: where the sum still adds up, and no part is at its limit, nothing else is
    // moved by a repair.
    const moved = [1, -1].flatMap((step) =>
      [[path], [path, ...totals]].map((counted) =>
        changes(before, normalise(count(reported, counted, step))),
      ),
    )
    const [up, , down] = moved
    if (up.length === 0 && down.length === 0) return []
    const fields = moved.filter(({ length }) => length > 0).sort((a, b) => a.length - b.length)[0]
    // A total that other numbers contradict moves several.
    return isTotal && fields.length > 1 ? [] : [[nameOf(reported, path), fields]]
  })
}

/** What follows from the others. */
const DERIVED = new Set(['total_tokens', 'reported_total_tokens', 'repaired', 'provider_usage'])

function changes(before = {}, after = {}) {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => !DERIVED.has(name) && before[name] !== after[name])
}

function numbersIn(value, path = []) {
  if (typeof value === 'number') return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, [...path, key]))
}

function count(reported, paths, step) {
  const copy = structuredClone(reported)
  for (const path of new Set(paths)) {
    const holder = path.slice(0, -1).reduce((value, key) => value[key], copy)
    const key = path.at(-1)
    holder[key] = Math.max(0, holder[key] + step)
  }
  return copy
}

/** `a.b`, and `list[AUDIO].c` for a row that is told by a text. */
function nameOf(reported, path) {
  let value = reported
  let name = ''
  for (const key of path) {
    const row = Array.isArray(value)
      ? Object.values(value[key]).find((field) => typeof field === 'string')
      : undefined
    name += row === undefined ? `${name === '' ? '' : '.'}${key}` : `[${row}]`
    value = value[key]
  }
  return name
}
