import { projectAnswer } from '../project-answer.js'
import type { Route } from '../route.js'
import { answers, named, ProjectParams } from '../schemas/common.js'

export const getProject: Route = (app, ledger) => {
  app.get(
    '/api/projects/:project_id',
    {
      schema: {
        operationId: 'getProject',
        summary: 'One project',
        tags: ['projects'],
        params: ProjectParams,
        response: answers(200, named('Project'), 'The project.', [400, 404, 503]),
      },
    },
    async (request) => projectAnswer(await ledger.getProject(request.params.project_id), ledger.workspace),
  )
}
