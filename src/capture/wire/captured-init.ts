/**
 * How a captured call tells a captured fetch below it that it is logged already: a mark that travels in the init of the
 * request, through SDKs and their middleware too. An AsyncLocalStorage would cost every promise of the host.
 */
const LOGGED_BY = Symbol('ledgerline.loggedBy')

type MarkedInit = RequestInit & { readonly [LOGGED_BY]?: object }

/** The init with the mark of the ledger that the call is logged to; fetch itself does not look at it. */
export function markedInit(init: RequestInit, ledger: object): RequestInit {
  const marked: MarkedInit = { ...init, [LOGGED_BY]: ledger }
  return marked
}

export function isLoggedBy(ledger: object, init: MarkedInit | undefined): boolean {
  return init?.[LOGGED_BY] === ledger
}
