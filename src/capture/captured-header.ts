/** How a capture inside an application tells the proxy of a ledger that it logs a call itself. */

/** Holds the id of the project that the call is logged to: a ledger that does not know it logs the call, too. */
export const CAPTURED_HEADER = 'x-ledgerline-captured'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether a URL may be of such a proxy: servers of Ledgerline are reached on this machine only. */
export function mayBeProxy(url: unknown): boolean {
  if (typeof url !== 'string' || !url.includes('/proxy/') || !URL.canParse(url)) return false
  const { hostname, pathname } = new URL(url)
  return LOOPBACK.has(hostname) && pathname.startsWith('/proxy/')
}
