import { Type } from 'typebox'
import { PageParameters } from '../query/log-query.js'
import { pageAfter } from '../query/page-after.js'
import { requireChat } from '../require-chat.js'
import type { Route } from '../route.js'
import { answers, ChatParams, named } from '../schemas/common.js'

const Query = Type.Object(PageParameters, { additionalProperties: false })

const Messages = Type.Object({
  messages: Type.Array(named('Message')),
  next_cursor: Type.Union([Type.String(), Type.Null()], {
    description: 'For the next page; null on the last.',
  }),
})

export const listMessages: Route = (app, ledger) => {
  app.get(
    '/api/projects/:project_id/chats/:chat_id/messages',
    {
      schema: {
        operationId: 'listMessages',
        summary: 'The messages of a chat, oldest first',
        tags: ['messages'],
        params: ChatParams,
        querystring: Query,
        response: answers(200, Messages, 'One page of messages.', [400, 404, 503]),
      },
    },
    async (request) => {
      const { project_id: projectId, chat_id: chatId } = request.params
      const messages = await ledger.readChat(projectId, chatId)
      if (messages.length === 0) await requireChat(ledger, projectId, chatId)
      const { items, nextCursor } = pageAfter(messages, request.query)
      return { messages: items, next_cursor: nextCursor }
    },
  )
}
