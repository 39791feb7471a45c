import { toSnakeCase } from '../../index.js'
import type { Route } from '../route.js'
import { NewChat } from '../schemas/chat.js'
import { answers, named, ProjectParams } from '../schemas/common.js'

export const createChat: Route = (app, ledger) => {
  app.post(
    '/api/projects/:project_id/chats',
    {
      schema: {
        operationId: 'createChat',
        summary: 'Make a chat',
        tags: ['chats'],
        params: ProjectParams,
        body: NewChat,
        response: answers(201, named('Chat'), 'The chat.', [400, 404, 413, 415, 503]),
      },
    },
    async (request, reply) => {
      const {
        name,
        id,
        forked_from_chat_id: forkedFromChatId,
        forked_at_message_id: forkedAtMessageId,
      } = request.body
      const chat = await ledger.createChat({
        projectId: request.params.project_id,
        name,
        ...(id === undefined ? {} : { id }),
        ...(forkedFromChatId === undefined ? {} : { forkedFromChatId }),
        ...(forkedAtMessageId === undefined ? {} : { forkedAtMessageId }),
      })
      return reply.code(201).send(toSnakeCase(chat))
    },
  )
}
