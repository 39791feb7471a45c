import { Type } from 'typebox'
import { packageVersion } from '../../index.js'
import type { Route } from '../route.js'
import { answers } from '../schemas/common.js'

const Health = Type.Object({ status: Type.Literal('ok'), version: Type.String() })

export const healthz: Route = (app) => {
  const version = packageVersion()
  app.get(
    '/healthz',
    {
      schema: {
        operationId: 'healthz',
        summary: 'That the server is up',
        tags: ['server'],
        response: answers(200, Health, 'It is.', []),
      },
    },
    async () => ({ status: 'ok', version }),
  )
}
