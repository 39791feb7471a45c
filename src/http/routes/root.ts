import { packageVersion } from '../../index.js'
import type { Route } from '../route.js'

export const root: Route = (app) => {
  const version = packageVersion()
  app.get('/', { schema: { hide: true } }, async () => ({
    name: 'ledgerline',
    version,
    description: 'Every LLM call an application makes, logged and counted.',
    look_at: {
      projects: '/api/projects',
      stats: '/api/stats',
      api: '/openapi.json',
      health: '/healthz',
    },
  }))
}
