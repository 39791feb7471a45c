import { toSnakeCase } from '../../index.js'
import type { Route } from '../route.js'
import { answers, ChatParams, named } from '../schemas/common.js'

export const getChat: Route = (app, ledger) => {
  app.get(
    '/api/projects/:project_id/chats/:chat_id',
    {
      schema: {
        operationId: 'getChat',
        summary: 'One chat',
        tags: ['chats'],
        params: ChatParams,
        response: answers(200, named('Chat'), 'The chat.', [400, 404, 503]),
      },
    },
    async (request) => toSnakeCase(await ledger.getChat(request.params.project_id, request.params.chat_id)),
  )
}
