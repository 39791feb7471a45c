import { Type } from 'typebox'
import { toSnakeCase } from '../../index.js'
import type { Route } from '../route.js'
import { answers, named, ProjectParams } from '../schemas/common.js'

const Chats = Type.Object({ chats: Type.Array(named('Chat')) })

export const listChats: Route = (app, ledger) => {
  app.get(
    '/api/projects/:project_id/chats',
    {
      schema: {
        operationId: 'listChats',
        summary: 'All chats of a project',
        tags: ['chats'],
        params: ProjectParams,
        response: answers(200, Chats, 'The chats.', [400, 404, 503]),
      },
    },
    async (request) => ({ chats: toSnakeCase(await ledger.listChats(request.params.project_id)) }),
  )
}
