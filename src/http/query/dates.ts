/** `from_date` and `to_date` of a query string. */
import { Type } from 'typebox'
import type { StatsOptions } from '../../index.js'

export const dateParameters = {
  from_date: Type.Optional(
    Type.String({ description: 'A date (the whole day in timezone) or an instant with a zone; included.' }),
  ),
  to_date: Type.Optional(Type.String({ description: 'The same; included.' })),
}

/** An instant with an offset to the east, whose sign a query string says with a space. */
const EAST = /^(\d{4}-\d{2}-\d{2}T[\d:.]+) (\d{2}:?\d{2})$/

export function datesFrom(query: {
  readonly from_date?: string
  readonly to_date?: string
}): Pick<StatsOptions, 'fromDate' | 'toDate'> {
  const { from_date: fromDate, to_date: toDate } = query
  return {
    ...(fromDate === undefined ? {} : { fromDate: fromDate.replace(EAST, '$1+$2') }),
    ...(toDate === undefined ? {} : { toDate: toDate.replace(EAST, '$1+$2') }),
  }
}
