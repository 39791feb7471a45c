/** `filter.<dimension>=value` and `group_by=` of a query string. */
import { type TSchema, Type } from 'typebox'
import { checkGroupBy, DIMENSIONS, type Dimension, type GroupBy } from '../../index.js'

export type DimensionFilter = Partial<Record<Dimension, string | readonly string[]>>

const PREFIX = 'filter.'
const METADATA = 'metadata.'
const DIMENSION_NAMES: ReadonlySet<string> = new Set(DIMENSIONS)

const values = (description: string) => Type.Optional(Type.Array(Type.String(), { description }))

/** One parameter a dimension; `filter.metadata.<key>` is let through by FILTER_PATTERNS. */
export const filterParameters: Record<string, ReturnType<typeof values>> = Object.fromEntries(
  DIMENSIONS.map((name) => [
    PREFIX + name,
    values(`Only entries with this ${name}; repeat it for one of several.`),
  ]),
)

export const FILTER_PATTERNS: Record<string, TSchema> = {
  '^filter\\.metadata\\.': Type.Union([Type.String(), Type.Array(Type.String())]),
}

/** The filter that a query asks for; undefined when it asks for none. */
export function filterFrom(query: Readonly<Record<string, unknown>>): DimensionFilter | undefined {
  const filter: DimensionFilter = {}
  for (const [name, value] of Object.entries(query)) {
    const dimension = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined
    if (dimension === undefined || !isDimension(dimension) || value === undefined) continue
    filter[dimension] = Array.isArray(value) ? value.map(String) : String(value)
  }
  return Object.keys(filter).length === 0 ? undefined : filter
}

/** `day,model`, or the parameter twice; undefined when it is absent. */
export function groupByFrom(parameters: readonly string[] | undefined): GroupBy[] | undefined {
  const names = parameters?.flatMap((list) => list.split(','))
  return names === undefined ? undefined : checkGroupBy('getStats', names)
}

function isDimension(name: string): name is Dimension {
  // Without a key it is refused with the others that are wrong.
  return DIMENSION_NAMES.has(name) || name.startsWith(METADATA)
}
