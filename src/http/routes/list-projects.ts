import { Type } from 'typebox'
import { projectAnswer } from '../project-answer.js'
import type { Route } from '../route.js'
import { answers, named } from '../schemas/common.js'

const Projects = Type.Object({ projects: Type.Array(named('Project')) })

export const listProjects: Route = (app, ledger) => {
  app.get(
    '/api/projects',
    {
      schema: {
        operationId: 'listProjects',
        summary: 'All projects',
        tags: ['projects'],
        response: answers(200, Projects, 'The projects.', [503]),
      },
    },
    async () => {
      const projects = await ledger.listProjects()
      return { projects: projects.map((project) => projectAnswer(project, ledger.workspace)) }
    },
  )
}
