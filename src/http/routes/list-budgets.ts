import { Type } from 'typebox'
import { toSnakeCase } from '../../index.js'
import type { Route } from '../route.js'
import { answers, named } from '../schemas/common.js'

export const listBudgets: Route = (app, ledger) => {
  app.get(
    '/api/budgets',
    {
      schema: {
        operationId: 'listBudgets',
        summary: 'The standing budgets',
        description:
          'Those that the server was opened with, each with what its scope has spent in the period that runs.',
        tags: ['stats'],
        response: answers(200, Type.Object({ budgets: Type.Array(named('Budget')) }), 'The budgets.', [503]),
      },
    },
    async () => ({ budgets: toSnakeCase(await ledger.listBudgets()) }),
  )
}
