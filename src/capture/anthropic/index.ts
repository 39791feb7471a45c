/**
 * Capture of `@anthropic-ai/sdk` through its middleware, which 1.x has; through `fetch` where there is none. The SDK
 * itself is not imported.
 */

import type { CaptureOptions } from '../capture.js'
import { checkCaptureOptions } from '../check-options.js'
import { captureFetch } from '../fetch/index.js'
import { listOf } from '../json.js'
import { fetchOf, override, type SdkClient, watchRequests } from '../sdk-client.js'
import { ClientMemory, type FetchLike, type HttpCall } from '../wire/http-call.js'
import type { WireApi } from '../wire/wire.js'

export type { CaptureOptions, CaptureRequest, ContentMode, PerRequest } from '../capture.js'

/** What is used of an `Anthropic` client, also that of another platform such as Bedrock or Vertex. */
export interface AnthropicClient extends SdkClient {
  withOptions(options: { fetch?: FetchLike }): this
}

/**
 * A client of the same type and settings whose messages are logged, plain, streaming and beta, each as one entry however
 * often the SDK retries. The given client is not changed. The ledger never delays or fails a call: lines are written
 * behind it, see `ledger.flush`.
 */
export function captureAnthropic<Client extends AnthropicClient>(
  client: Client,
  options: CaptureOptions,
): Client {
  checkCaptureOptions(options, 'captureAnthropic')
  // An SDK before 1.0: each HTTP attempt is an entry of its own then.
  if (!Array.isArray(Reflect.get(client, 'middleware'))) {
    return client.withOptions({ fetch: captureFetch(fetchOf(client), options) })
  }
  return capture(client.withOptions({}), options, new ClientMemory())
}

const APIS: ReadonlySet<WireApi> = new Set(['anthropic-messages'])

function capture<Client extends AnthropicClient>(
  captured: Client,
  options: CaptureOptions,
  memory: ClientMemory,
): Client {
  watchRequests(captured, {
    options,
    memory,
    apis: APIS,
    attach: (requested, call) => ({
      ...requested,
      middleware: [...listOf(requested.middleware), attemptsOf(call)],
    }),
  })
  // A client derived from this one is captured too.
  const withOptions = captured.withOptions.bind(captured)
  override(captured, 'withOptions', (changes: object) => capture(withOptions(changes), options, memory))
  return captured
}

/** What a middleware is given, as far as it is used. */
type MiddlewareRequest = RequestInit & { url: string }
type Middleware = (
  request: MiddlewareRequest,
  next: (request: MiddlewareRequest) => Promise<Response>,
) => Promise<Response>

/** Runs once an HTTP attempt, inside the middleware of the application, outside that of the platform. */
function attemptsOf(call: HttpCall): Middleware {
  return (request, next) => call.attempt((sent) => next({ ...sent, url: request.url }), request)
}
