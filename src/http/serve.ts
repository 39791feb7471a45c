/** Listening, on this machine only. */
import type { Socket } from 'node:net'
import {
  type ProxyOptions,
  type ProxySettings,
  readUpstreamsFile,
  resolveProxyOptions,
  type Upstreams,
  withProjectIds,
} from '../capture/proxy/index.js'
import { invalid } from '../errors.js'
import { type Ledger, LedgerlineError } from '../index.js'
import { isLoopback } from './allowed-host.js'
import { createApp } from './app.js'
import type { OtlpOptions } from './otlp/options.js'
import type { App } from './route.js'

const DEFAULT_PORT = 4600
const DEFAULT_HOST = '127.0.0.1'
/** Requests that are under way at close() may take this long. */
const DRAIN_MS = 10_000

export interface ServeOptions {
  readonly ledger: Ledger
  /** A loopback address; default `LEDGERLINE_HOST`, else 127.0.0.1. */
  readonly host?: string
  /** 0 takes a free one; default `LEDGERLINE_PORT`, else 4600. */
  readonly port?: number
  /** Of POST /v1/traces. */
  readonly otlp?: OtlpOptions
  /** Where `/proxy/<name>/…` leads, see docs/proxy.md; without any there is no proxy. */
  readonly upstreams?: Upstreams
  readonly proxy?: ProxyOptions
  /** A JSON file with `upstreams` and `proxy`, when `upstreams` is not given; default `LEDGERLINE_UPSTREAMS`. */
  readonly upstreamsFile?: string
}

export interface RunningServer {
  /** Such as `http://127.0.0.1:4600`. */
  readonly url: string
  /** Takes no new requests, answers those under way within 10 seconds. Does not close the ledger. */
  close(): Promise<void>
}

/**
 * Listens. Throws ValidationError INVALID_OPTION for a host that others can reach, a port that is none or upstreams that
 * are none, NotFoundError PROJECT_NOT_FOUND for a project that they name, LedgerlineError PORT_IN_USE when the port is taken and LISTEN_FAILED when the system refuses for another reason.
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { LEDGERLINE_HOST, LEDGERLINE_PORT } = process.env
  const host = options.host ?? (LEDGERLINE_HOST || DEFAULT_HOST)
  const port = options.port ?? portFrom(LEDGERLINE_PORT || String(DEFAULT_PORT))
  if (!isLoopback(host)) {
    throw invalid(
      'serve',
      'INVALID_OPTION',
      options.host === undefined ? 'LEDGERLINE_HOST' : 'host',
      `only a loopback address can be served for now, not ${host}`,
    )
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    const field = options.port === undefined ? 'LEDGERLINE_PORT' : 'port'
    throw invalid('serve', 'INVALID_OPTION', field, 'is no integer from 0 to 65535')
  }
  const { ledger, otlp } = options
  const proxied = await proxySettings(options)
  const app = await createApp({ ledger, ...(otlp === undefined ? {} : { otlp }) }, proxied)
  const connections = new Set<Socket>()
  app.server.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  try {
    await app.listen({ host, port })
  } catch (cause) {
    await app.close()
    throw listenError(cause, host, port)
  }
  return { url: urlOf(app, host), close: () => drain(app, connections) }
}

async function proxySettings(options: ServeOptions): Promise<ProxySettings | undefined> {
  const { ledger, upstreams, proxy } = options
  if (upstreams !== undefined) return withProjectIds(resolveProxyOptions(upstreams, proxy), ledger)
  const path = options.upstreamsFile ?? process.env.LEDGERLINE_UPSTREAMS
  if (path === undefined || path === '') return undefined
  const field = options.upstreamsFile === undefined ? 'LEDGERLINE_UPSTREAMS' : 'upstreamsFile'
  return withProjectIds(await readUpstreamsFile(path, field), ledger, path)
}

function portFrom(text: string): number {
  return /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
}

function listenError(cause: unknown, host: string, port: number): LedgerlineError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EADDRINUSE') {
    return new LedgerlineError('PORT_IN_USE', `port ${port} of ${host} is taken`, {
      operation: 'serve',
      cause,
    })
  }
  const reason = typeof code === 'string' ? ` (${code})` : ''
  return new LedgerlineError('LISTEN_FAILED', `cannot listen on port ${port} of ${host}${reason}`, {
    operation: 'serve',
    cause,
  })
}

function urlOf(app: App, host: string): string {
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : DEFAULT_PORT
  return `http://${host === '::1' ? '[::1]' : host}:${port}`
}

async function drain(app: App, connections: ReadonlySet<Socket>): Promise<void> {
  const deadline = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS)
  try {
    const closed = app.close()
    // Browsers and undici open connections ahead. Node does not take them for idle: it would wait for a first request.
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy()
    await closed
  } finally {
    clearTimeout(deadline)
  }
}
