import { projectAnswer } from '../project-answer.js'
import type { Route } from '../route.js'
import { answers, named } from '../schemas/common.js'
import { NewProject } from '../schemas/project.js'

export const createProject: Route = (app, ledger) => {
  app.post(
    '/api/projects',
    {
      schema: {
        operationId: 'createProject',
        summary: 'Make a project',
        tags: ['projects'],
        body: NewProject,
        response: answers(201, named('Project'), 'The project.', [400, 413, 415, 503]),
      },
    },
    async (request, reply) => {
      const { name, default_model: defaultModel } = request.body
      const project = await ledger.createProject({
        name,
        ...(defaultModel === undefined ? {} : { defaultModel }),
      })
      return reply.code(201).send(projectAnswer(project, ledger.workspace))
    },
  )
}
