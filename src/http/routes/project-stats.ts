import { toSnakeCase } from '../../index.js'
import { StatsQuery, statsOptionsFrom } from '../query/stats-query.js'
import type { Route } from '../route.js'
import { answers, named, ProjectParams } from '../schemas/common.js'

export const projectStats: Route = (app, ledger) => {
  app.get(
    '/api/projects/:project_id/stats',
    {
      schema: {
        operationId: 'getProjectStats',
        summary: 'Stats of a project',
        description: 'Takes filters, also `filter.metadata.<key>` on a key of the metadata.',
        tags: ['stats'],
        params: ProjectParams,
        querystring: StatsQuery,
        response: answers(200, named('Stats'), 'The stats.', [400, 404, 503]),
      },
    },
    async (request) => {
      const scope = { type: 'project', projectId: request.params.project_id } as const
      return toSnakeCase(await ledger.getStats(scope, statsOptionsFrom(request)))
    },
  )
}
