import { Type } from 'typebox'
import { NotFoundError } from '../../index.js'
import type { Route } from '../route.js'
import { answers, named, ProjectParams, Text } from '../schemas/common.js'

const Params = Type.Object({ ...ProjectParams.properties, id: Text('Id of the entry.') })

export const getLLMRequest: Route = (app, ledger) => {
  app.get(
    '/api/projects/:project_id/llm-requests/:id',
    {
      schema: {
        operationId: 'getLLMRequest',
        summary: 'One entry, by its final state',
        tags: ['llm-requests'],
        params: Params,
        response: answers(200, named('Entry'), 'The entry.', [400, 404, 503]),
      },
    },
    async (request) => {
      const { project_id: projectId, id } = request.params
      const { entries } = await ledger.getLLMRequestLogs({ projectId, id, limit: 1 })
      const entry = entries[0]
      if (entry === undefined) {
        throw new NotFoundError('REQUEST_NOT_FOUND', 'no entry of this project has this id', {
          operation: 'getLLMRequestLogs',
        })
      }
      return entry
    },
  )
}
