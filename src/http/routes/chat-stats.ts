import { toSnakeCase } from '../../index.js'
import { StatsQuery, statsOptionsFrom } from '../query/stats-query.js'
import type { Route } from '../route.js'
import { answers, ChatParams, named } from '../schemas/common.js'

export const chatStats: Route = (app, ledger) => {
  app.get(
    '/api/projects/:project_id/chats/:chat_id/stats',
    {
      schema: {
        operationId: 'getChatStats',
        summary: 'Stats of a chat',
        description: 'Takes filters, also `filter.metadata.<key>` on a key of the metadata.',
        tags: ['stats'],
        params: ChatParams,
        querystring: StatsQuery,
        response: answers(200, named('ChatStats'), 'The stats.', [400, 404, 503]),
      },
    },
    async (request) => {
      const { project_id: projectId, chat_id: chatId } = request.params
      const stats = await ledger.getStats({ type: 'chat', projectId, chatId }, statsOptionsFrom(request))
      const { length: messageCount } = await ledger.readChat(projectId, chatId)
      return toSnakeCase({ ...stats, messageCount, modelsUsed: Object.keys(stats.models).sort() })
    },
  )
}
