/** Who may call: programs on this machine, by a loopback name. Keeps web pages out, DNS rebinding included. */

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])
const HOST = /^(\[[0-9a-f:]+\]|[^:[\]]+)(?::(\d{1,5}))?$/
const HTTP_PORT = 80

/** True for a host that the server may listen on: nothing beyond this machine reaches it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

/**
 * True when a Host header names this server: a loopback name and the port the request came in on. `port` is
 * undefined where there is no socket (inject); then any port is right.
 */
export function isAllowedHost(header: string | undefined, port: number | undefined): boolean {
  const match = HOST.exec(header?.toLowerCase() ?? '')
  const name = match?.[1]
  if (name === undefined || !LOOPBACK_NAMES.has(name)) return false
  return port === undefined || Number(match?.[2] ?? HTTP_PORT) === port
}

/** True without an Origin header (no browser sent it across origins) and for this server's own. */
export function isAllowedOrigin(header: string | undefined, port: number | undefined): boolean {
  if (header === undefined) return true
  const prefix = 'http://'
  return header.toLowerCase().startsWith(prefix) && isAllowedHost(header.slice(prefix.length), port)
}
