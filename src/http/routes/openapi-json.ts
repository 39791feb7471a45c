import type { Route } from '../route.js'

export const openapiJson: Route = (app) => {
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}
