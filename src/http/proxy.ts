/** `/proxy/<upstream>/…`: requests for upstreams, passed on past everything of the server but its guard. */
import type { ServerResponse } from 'node:http'
import { openProxy, type ProxySettings, type Refuse } from '../capture/proxy/index.js'
import type { Ledger } from '../index.js'
import { answer } from './error-answer.js'
import type { App } from './route.js'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const URLS = ['/proxy/:upstream', '/proxy/:upstream/*']

/** Call after the other routes, and after the methods of their paths are settled. */
export function addProxy(app: App, ledger: Ledger, settings: ProxySettings): void {
  const proxy = openProxy(ledger, settings)
  for (const url of URLS) {
    app.route({
      url,
      method: METHODS,
      schema: { hide: true },
      // Before a body is parsed. The guard's own hook has run by then.
      onRequest: async (request, reply) => {
        reply.hijack()
        proxy.handle(request.raw, reply.raw, refuseWith(reply.raw, request.id))
      },
      handler: async () => undefined,
    })
  }
  app.addHook('onClose', async () => proxy.close())
}

/** The answer of the server itself, for a response that Fastify has let go of. */
function refuseWith(response: ServerResponse, requestId: string): Refuse {
  return (code, message) => {
    if (response.headersSent || response.destroyed) return
    const { status, headers, body } = answer(code, message)
    const json = JSON.stringify(body)
    response.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(json),
      'x-content-type-options': 'nosniff',
      'x-request-id': requestId,
      'cache-control': 'no-store',
      // What is still to come of a body that is too large is not waited for.
      ...(code === 'PROXY_BODY_TOO_LARGE' ? { connection: 'close' } : {}),
      ...headers,
    })
    response.end(response.req.method === 'HEAD' ? undefined : json)
  }
}
