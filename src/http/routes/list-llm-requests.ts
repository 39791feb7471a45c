import { Type } from 'typebox'
import { LogQuery, logFilterFrom } from '../query/log-query.js'
import type { Route } from '../route.js'
import { answers, named, ProjectParams } from '../schemas/common.js'

const Entries = Type.Object({
  entries: Type.Array(named('Entry')),
  next_cursor: Type.Union([Type.String(), Type.Null()], {
    description: 'For the next page; null on the last.',
  }),
})

export const listLLMRequests: Route = (app, ledger) => {
  app.get(
    '/api/projects/:project_id/llm-requests',
    {
      schema: {
        operationId: 'listLLMRequests',
        summary: 'Entries of a project, newest first, each id once by its final state',
        description: 'Takes filters, also `filter.metadata.<key>` on a key of the metadata.',
        tags: ['llm-requests'],
        params: ProjectParams,
        querystring: LogQuery,
        response: answers(200, Entries, 'One page of entries.', [400, 404, 503]),
      },
    },
    async (request) => {
      const page = await ledger.getLLMRequestLogs(logFilterFrom(request.params.project_id, request.query))
      return { entries: page.entries, next_cursor: page.nextCursor }
    },
  )
}
