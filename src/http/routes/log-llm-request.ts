import { requireSame } from '../require-same.js'
import type { Route } from '../route.js'
import { answers, named, ProjectParams } from '../schemas/common.js'
import { NewEntry } from '../schemas/entry.js'
import { bodyCheckedByLedger } from '../validation.js'

export const logLLMRequest: Route = (app, ledger) => {
  app.post(
    '/api/projects/:project_id/llm-requests',
    {
      validatorCompiler: bodyCheckedByLedger('INVALID_ENTRY'),
      schema: {
        operationId: 'logLLMRequest',
        summary: 'Log one call of a model',
        description:
          'Answers when the line is in the file. A later entry with the same id replaces the earlier one. Without a `status` the entry is pending: stats count it as pending (as interrupted once this server has ended) and not as a request, with its tokens and cost left out, until the same id comes with success, error or timeout.',
        tags: ['llm-requests'],
        params: ProjectParams,
        body: NewEntry,
        response: answers(201, named('LogResult'), 'It is in the log.', [400, 404, 413, 415, 503]),
      },
    },
    async (request, reply) => {
      const { project_id } = request.params
      requireSame('logLLMRequest', 'project_id', project_id, request.body)
      const result = await ledger.logLLMRequest({ ...request.body, project_id })
      // Joins the request's lines in the system log with the entry's line in the journal.
      request.log.info({ llm_request_id: result.id }, 'entry logged')
      return reply.code(201).send({ id: result.id, logged: result.logged, timestamp: result.timestamp })
    },
  )
}
