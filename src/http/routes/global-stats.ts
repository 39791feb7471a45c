import { toSnakeCase } from '../../index.js'
import { StatsQuery, statsOptionsFrom } from '../query/stats-query.js'
import type { Route } from '../route.js'
import { answers, named } from '../schemas/common.js'

export const globalStats: Route = (app, ledger) => {
  app.get(
    '/api/stats',
    {
      schema: {
        operationId: 'getStats',
        summary: 'Stats of all projects',
        description: 'Takes filters, also `filter.metadata.<key>` on a key of the metadata.',
        tags: ['stats'],
        querystring: StatsQuery,
        response: answers(200, named('Stats'), 'The stats.', [400, 503]),
      },
    },
    async (request) => toSnakeCase(await ledger.getStats({ type: 'global' }, statsOptionsFrom(request))),
  )
}
