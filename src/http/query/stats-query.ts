/** Query parameters of the stats routes. */
import { type Static, Type } from 'typebox'
import { type StatsOptions, WEEKDAYS } from '../../index.js'
import { dateParameters, datesFrom } from './dates.js'
import { FILTER_PATTERNS, filterFrom, filterParameters, groupByFrom } from './dimensions.js'

export const StatsQuery = Type.Object(
  {
    ...dateParameters,
    group_by: Type.Optional(
      Type.Array(Type.String(), {
        description:
          'hour, day, week, month or a dimension (model, provider, chat, project, user, session, tag, environment, status, request_type, error_code, metadata.<key>); a list with commas, or repeated.',
      }),
    ),
    timezone: Type.Optional(Type.String({ description: 'IANA name, such as Europe/Berlin; default UTC.' })),
    week_start: Type.Optional(Type.Enum([...WEEKDAYS], { description: 'Default monday.' })),
    repriced: Type.Optional(
      Type.Boolean({
        description:
          'Costs by the prices of today, where the provider did not say what it charged. Reads all lines of the range; default false.',
      }),
    ),
    ...filterParameters,
  },
  { additionalProperties: false, patternProperties: FILTER_PATTERNS },
)

/** The query as options of getStats; a client that is gone gives its question up. */
export function statsOptionsFrom({
  query,
  signal,
}: {
  readonly query: Static<typeof StatsQuery>
  readonly signal: AbortSignal
}): StatsOptions {
  const { timezone, week_start: weekStart, repriced } = query
  const groupBy = groupByFrom(query.group_by)
  const filter = filterFrom(query)
  return {
    signal,
    ...datesFrom(query),
    ...(timezone === undefined ? {} : { timezone }),
    ...(weekStart === undefined ? {} : { weekStart }),
    ...(repriced === undefined ? {} : { repriced }),
    ...(groupBy === undefined ? {} : { groupBy }),
    ...(filter === undefined ? {} : { filter }),
  }
}
