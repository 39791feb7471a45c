/** The logging reverse proxy: which request goes where, and which of them become entries. */
import { Agent as HttpAgent, type IncomingMessage, type ServerResponse } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { type CaptureOptions, reportCaptureError } from '../capture.js'
import { CAPTURED_HEADER } from '../captured-header.js'
import { apiOf, wireOf } from '../wire/wire.js'
import { checkedLedger, isThere, type ProxyLedger } from './checked-ledger.js'
import { forward, type Refuse } from './forward.js'
import { NOBODY, type Onlooker } from './onlooker.js'
import type { ProxySettings } from './options.js'
import { type Owner, ownerOf } from './owner.js'
import { ProxiedCall } from './proxied-call.js'
import { type Target, targetOf } from './target.js'
import { Unlogged } from './unlogged.js'

export interface Proxy {
  /** Passes a request on that nobody has read from yet. `refuse` answers when that cannot be done. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse, refuse: Refuse): void
  /** Closes the connections that were kept open. */
  close(): void
}

export function openProxy(ledger: ProxyLedger, settings: ProxySettings): Proxy {
  const agents = { http: new HttpAgent(AGENT), https: new HttpsAgent(AGENT) }
  const unlogged = new Unlogged(ledger)
  const checked = checkedLedger(ledger, unlogged)

  const onlookerOf = (request: IncomingMessage, target: Target): Onlooker => {
    const { upstream, path } = target
    if (request.method !== 'POST') return NOBODY
    const api = apiOf(path)
    if (api === undefined || (upstream.api !== undefined && !api.startsWith(`${upstream.api}-`)))
      return NOBODY
    const owner = ownerOf(request.headers, upstream, settings)
    if (typeof owner === 'string') {
      unlogged.tell(owner, { upstream: upstream.name })
      return NOBODY
    }
    const options = optionsOf(owner, checked, settings, target)
    const { stallTimeoutMs } = settings
    const baseUrl = upstream.baseUrl.href
    return new ProxiedCall({ options, wire: wireOf(api), request, baseUrl, path, stallTimeoutMs })
  }

  /** A failure of ours costs the entry, not the request. */
  const quietly = (find: () => Onlooker): Onlooker => {
    try {
      return find()
    } catch (error) {
      reportCaptureError({ ledger: checked }, error)
      return NOBODY
    }
  }

  return {
    handle(request, response, refuse) {
      const target = targetOf(request.url ?? '', settings.upstreams)
      if (typeof target === 'string') {
        request.resume()
        refuse(target, REASONS[target])
        return
      }
      const agent = target.upstream.baseUrl.protocol === 'https:' ? agents.https : agents.http
      const pass = (isLogged: boolean): void => {
        // The client went away meanwhile.
        if (response.destroyed || request.socket.destroyed) return
        const onlooker = isLogged ? NOBODY : quietly(() => onlookerOf(request, target))
        const { maxBodyBytes, stallTimeoutMs } = settings
        forward({ request, response, target, agent, maxBodyBytes, stallTimeoutMs, refuse, onlooker })
      }
      // A capture in the application logs it, if to this ledger.
      const project = request.headers[CAPTURED_HEADER]
      if (typeof project === 'string') void isThere(ledger, project).then(pass)
      else pass(false)
    },
    close() {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

/** As many connections as there are requests at once; idle ones are used again, the latest first. */
const AGENT = { keepAlive: true, scheduling: 'lifo' } as const

const REASONS = {
  UPSTREAM_NOT_FOUND: 'no upstream of this name is configured',
  INVALID_PROXY_PATH: 'the path could lead out of the upstream',
}

function optionsOf(
  { projectId, chatId, userId, sessionId, tags }: Owner,
  ledger: CaptureOptions['ledger'],
  { privacy }: ProxySettings,
  { upstream }: Target,
): CaptureOptions {
  return {
    ledger,
    projectId,
    chatId,
    provider: upstream.provider,
    metadata: { upstream: upstream.name },
    ...privacy,
    ...(userId === undefined ? {} : { userId }),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(tags === undefined ? {} : { tags }),
  }
}
