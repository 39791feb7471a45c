/** Query parameters of the list of entries. */
import { type Static, Type } from 'typebox'
import type { LogFilter } from '../../index.js'
import { dateParameters, datesFrom } from './dates.js'
import { FILTER_PATTERNS, filterFrom, filterParameters } from './dimensions.js'

export const PageParameters = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Default 50.' })),
  cursor: Type.Optional(Type.String({ description: 'next_cursor of the page before.' })),
}

export const LogQuery = Type.Object(
  {
    chat_id: Type.Optional(Type.String({ description: 'Only entries of this chat.' })),
    status: Type.Optional(Type.Array(Type.String(), { description: 'Short for filter.status.' })),
    model: Type.Optional(Type.Array(Type.String(), { description: 'Short for filter.model.' })),
    ...dateParameters,
    timezone: Type.Optional(Type.String({ description: 'IANA name, such as Europe/Berlin; default UTC.' })),
    ...PageParameters,
    ...filterParameters,
  },
  { additionalProperties: false, patternProperties: FILTER_PATTERNS },
)

/** The query as a filter of getLLMRequestLogs. */
export function logFilterFrom(projectId: string, query: Static<typeof LogQuery>): LogFilter {
  const { chat_id: chatId, timezone, limit, cursor, status, model } = query
  const filter = {
    ...filterFrom(query),
    ...(status === undefined ? {} : { status }),
    ...(model === undefined ? {} : { model }),
  }
  return {
    projectId,
    ...(chatId === undefined ? {} : { chatId }),
    ...datesFrom(query),
    ...(timezone === undefined ? {} : { timezone }),
    ...(limit === undefined ? {} : { limit }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(Object.keys(filter).length === 0 ? {} : { filter }),
  }
}
