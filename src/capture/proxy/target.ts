/** From the path of a request to the place behind the proxy. It never leaves the upstream's base path. */
import type { Upstream } from './options.js'

export interface Target {
  readonly upstream: Upstream
  /** Path and query to ask for, as raw as they came. */
  readonly path: string
}

/** Why there is none. */
export type NoTarget = 'UPSTREAM_NOT_FOUND' | 'INVALID_PROXY_PATH'

const PREFIX = '/proxy/'

/**
 * `/proxy/<name>/<rest>` to the upstream's base path and the rest. Only the rest of the path is looked at, and it goes on
 * unchanged: what a server could resolve to a place above the base path is refused.
 */
export function targetOf(url: string, upstreams: ReadonlyMap<string, Upstream>): Target | NoTarget {
  // An absolute URL, as for a forward proxy, names a host of its own.
  if (!url.startsWith(PREFIX)) return 'INVALID_PROXY_PATH'
  const end = url.indexOf('?')
  const path = end < 0 ? url : url.slice(0, end)
  const query = end < 0 ? '' : url.slice(end)
  const slash = path.indexOf('/', PREFIX.length)
  const name = path.slice(PREFIX.length, slash < 0 ? undefined : slash)
  const upstream = upstreams.get(name)
  if (upstream === undefined) return 'UPSTREAM_NOT_FOUND'
  const rest = slash < 0 ? '' : path.slice(slash)
  if (!staysBelow(rest) || /[\u0000-\u0020\u007f#]/.test(url)) return 'INVALID_PROXY_PATH'
  return { upstream, path: (upstream.basePath + rest || '/') + query }
}

/**
 * False for dot segments, empty segments and backslashes, also where they show only once the path is decoded, or
 * decoded again by a server behind the first. `;` ends a segment, since some servers cut it off there.
 */
function staysBelow(rest: string): boolean {
  let path = rest
  for (let round = 0; round < MAX_DECODINGS; round += 1) {
    if (/(?:^|[/\\])\.{1,2}(?=[/\\;]|$)|\/\/|\\|\u0000/.test(path)) return false
    const decoded = path.replace(/%(?:2e|2f|5c|25|3b|00)/gi, (code) =>
      String.fromCharCode(Number.parseInt(code.slice(1), 16)),
    )
    if (decoded === path) return true
    path = decoded
  }
  return false
}

/** Nobody encodes a path more often than this in good faith. */
const MAX_DECODINGS = 5
