/** The Fastify app: wiring only. */

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyBaseLogger, type FastifyReply, LogController } from 'fastify'
import {
  type ProxyOptions,
  type ProxySettings,
  resolveProxyOptions,
  type Upstreams,
  withProjectIds,
} from '../capture/proxy/index.js'
import { type Ledger, LedgerlineError } from '../index.js'
import { isAllowedHost, isAllowedOrigin } from './allowed-host.js'
import { clientErrorHandler } from './client-error.js'
import { errorAnswer } from './error-answer.js'
import { acceptOnlyJson } from './json-body.js'
import { watchMethods } from './method-not-allowed.js'
import { OpenAnswers } from './open-answers.js'
import { describeApi } from './openapi.js'
import { type OtlpOptions, resolveOtlpOptions } from './otlp/options.js'
import { addProxy } from './proxy.js'
import { requestIdFrom } from './request-id.js'
import type { App } from './route.js'
import { otlpTraces } from './routes/otlp-traces.js'
import { ROUTES } from './routes.js'
import { SHARED_SCHEMAS } from './schemas/shared.js'
import { validateBySchema } from './validation.js'

const BODY_LIMIT = 16 * 1024 * 1024
/** Longer than any id, so that an id too long is answered as a wrong id. */
const MAX_PARAM_LENGTH = 2048

export interface ServerOptions {
  readonly ledger: Ledger
  /** Default: the ledger's system log. */
  readonly logger?: FastifyBaseLogger
  /** Milliseconds in which a whole request must have arrived; default 30,000. */
  readonly requestTimeoutMs?: number
  /** Of POST /v1/traces. */
  readonly otlp?: OtlpOptions
  /** Where `/proxy/<name>/…` leads, see docs/proxy.md; without any there is no proxy. */
  readonly upstreams?: Upstreams
  readonly proxy?: ProxyOptions
}

/**
 * The app, ready for `inject`; it does not listen. Closing it does not close the ledger. Throws ValidationError
 * INVALID_OPTION, NotFoundError PROJECT_NOT_FOUND for a project that the proxy's options name.
 */
export async function createServer(options: ServerOptions): Promise<App> {
  const { upstreams, proxy } = options
  if (upstreams === undefined) return createApp(options, undefined)
  return createApp(options, await withProjectIds(resolveProxyOptions(upstreams, proxy), options.ledger))
}

/** The same, with options of the proxy that were checked before. */
export async function createApp(
  { ledger, logger, requestTimeoutMs = 30_000, otlp }: ServerOptions,
  proxied: ProxySettings | undefined,
): Promise<App> {
  const otlpOptions = resolveOtlpOptions(otlp)
  const loggerInstance: FastifyBaseLogger = logger ?? ledger.getLogger('http')
  const answers = new OpenAnswers()
  const app = Fastify({
    loggerInstance,
    bodyLimit: BODY_LIMIT,
    requestTimeout: requestTimeoutMs,
    // Given here too, Node derives its limit for the headers from it; with the two at odds it enforces neither.
    http: {
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(requestTimeoutMs, 5_000),
    },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    genReqId: (request) => requestIdFrom(request.headers['x-request-id']),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    return503OnClosing: false,
    clientErrorHandler: clientErrorHandler(answers),
    frameworkErrors: (error, request, reply) => {
      addHeaders(request.id, reply)
      sendError(error, reply)
    },
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.setValidatorCompiler(validateBySchema)
  app.setSerializerCompiler(() => JSON.stringify)
  acceptOnlyJson(app)
  app.addHook('onRequest', async (request, reply) => answers.add(request.raw, reply.raw))
  guard(app)
  letGoAtClose(app)
  reportErrors(app)
  for (const schema of SHARED_SCHEMAS) app.addSchema(schema)
  await describeApi(app)
  const refuseOtherMethods = watchMethods(app)
  for (const route of ROUTES) route(app, ledger)
  await app.register(async (scope) => otlpTraces(scope, ledger, otlpOptions))
  refuseOtherMethods()
  if (proxied !== undefined) addProxy(app, ledger, proxied)
  await app.ready()
  return app
}

/** A connection that is kept alive behind an answer would hold up close() until its client lets go of it. */
function letGoAtClose(app: App): void {
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  app.addHook('onSend', async (_, reply) => {
    if (isClosing) reply.header('connection', 'close')
  })
  // Also where Fastify has let go of the answer, or its headers went out before.
  app.addHook('onRequest', async ({ raw: { socket } }, reply) => {
    reply.raw.once('finish', () => {
      if (isClosing) socket.destroySoon()
    })
  })
}

function guard(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    addHeaders(request.id, reply)
    const port = request.raw.socket.localPort
    if (!isAllowedHost(request.headers.host, port)) {
      throw new LedgerlineError('FORBIDDEN_HOST', 'the Host header names another server', {
        operation: 'guard',
      })
    }
    if (!isAllowedOrigin(request.headers.origin, port)) {
      throw new LedgerlineError('FORBIDDEN_ORIGIN', 'the request comes from a page of another origin', {
        operation: 'guard',
      })
    }
  })
}

function reportErrors(app: App): void {
  app.setErrorHandler((error, request, reply) => {
    const { status } = sendError(error, reply)
    if (status >= 500) request.log.error({ err: error }, 'request failed')
  })
  app.setNotFoundHandler((_request, reply) => {
    sendError(new LedgerlineError('NOT_FOUND', 'nothing is at this path', { operation: 'route' }), reply)
  })
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        // The pattern, not the path: a path is the caller's text.
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime),
      },
      'request completed',
    )
  })
}

function addHeaders(requestId: string, reply: Pick<FastifyReply, 'headers'>): void {
  reply.headers({
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
  })
}

function sendError(
  error: unknown,
  reply: Pick<FastifyReply, 'code' | 'headers' | 'send'>,
): { status: number } {
  const { status, headers, body } = errorAnswer(error)
  reply.code(status)
  reply.headers(headers)
  reply.send(body)
  return { status }
}
