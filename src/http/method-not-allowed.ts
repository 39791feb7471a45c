/** A path that exists, asked with a method that does not: 405 with the methods that do. */
import type { FastifyInstance } from 'fastify'
import { LedgerlineError } from '../index.js'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Call before the routes are added; the returned function, after them, answers every other method of their paths. */
export function watchMethods(app: FastifyInstance): () => void {
  const allowed = new Map<string, Set<string>>()
  let watching = true
  app.addHook('onRoute', (route) => {
    if (!watching) return
    const methods = allowed.get(route.url) ?? new Set()
    for (const method of [route.method].flat()) methods.add(method)
    allowed.set(route.url, methods)
  })
  return () => {
    watching = false
    for (const [url, methods] of allowed) {
      const allow = [...methods].sort().join(', ')
      app.route({
        url,
        method: METHODS.filter((method) => !methods.has(method)),
        schema: { hide: true },
        // Before the body is read: its type and size do not matter here.
        onRequest: async (request, reply) => {
          reply.header('allow', allow)
          throw new LedgerlineError('METHOD_NOT_ALLOWED', `${request.method} is not possible here`, {
            operation: 'route',
          })
        },
        handler: async () => undefined,
      })
    }
  }
}
