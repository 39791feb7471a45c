import { requireSame } from '../require-same.js'
import type { Route } from '../route.js'
import { answers, ChatParams, named } from '../schemas/common.js'
import { NewMessage } from '../schemas/message.js'
import { bodyCheckedByLedger } from '../validation.js'

export const appendMessage: Route = (app, ledger) => {
  app.post(
    '/api/projects/:project_id/chats/:chat_id/messages',
    {
      validatorCompiler: bodyCheckedByLedger('INVALID_MESSAGE'),
      schema: {
        operationId: 'appendMessage',
        summary: 'Add a message to a chat, or give the new state of one',
        description:
          'The chat need not have been created: the messages of any valid chat id are kept. 404 is for the project.',
        tags: ['messages'],
        params: ChatParams,
        body: NewMessage,
        response: answers(201, named('Message'), 'The message as stored.', [400, 404, 413, 415, 503]),
      },
    },
    async (request, reply) => {
      const { project_id, chat_id } = request.params
      requireSame('appendMessage', 'project_id', project_id, request.body)
      requireSame('appendMessage', 'chat_id', chat_id, request.body)
      const message = await ledger.appendMessage({ ...request.body, project_id, chat_id })
      return reply.code(201).send(message)
    },
  )
}
