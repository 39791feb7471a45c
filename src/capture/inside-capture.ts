/**
 * One physical call is one entry, also where both a framework and the SDK client below it are captured: the outermost
 * capture logs the call, those inside it that write to the same ledger stay silent.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

interface Scope {
  readonly ledger: object
  readonly outer: Scope | undefined
  /** False once the call was sent: what runs in its context later is not part of it. */
  open: boolean
}

const current = new AsyncLocalStorage<Scope | undefined>()

/** True where a capture further out logs this call to the same ledger. */
export function isInsideCapture(ledger: object): boolean {
  for (let scope = current.getStore(); scope !== undefined; scope = scope.outer) {
    if (scope.open && scope.ledger === ledger) return true
  }
  return false
}

/** Starts the work at once; all it does until its promise settles is inside the capture. */
export async function insideCapture<T>(ledger: object, work: () => PromiseLike<T>): Promise<T> {
  const scope = openScope(ledger)
  try {
    return await current.run(scope, work)
  } finally {
    scope.open = false
  }
}

/**
 * For callbacks, which cannot wrap the call: the rest of the caller's asynchronous function, and what it starts, is
 * inside the capture until the returned function is called.
 */
export function enterCapture(ledger: object): () => void {
  const scope = openScope(ledger)
  current.enterWith(scope)
  return () => {
    scope.open = false
  }
}

/**
 * To be called before the first `enterCapture`. Node follows contexts from the first use on only, and a promise that is
 * older than that would take over the scope of whatever runs at the time.
 */
export function prepareScopes(): void {
  current.enterWith(current.getStore())
}

function openScope(ledger: object): Scope {
  let outer = current.getStore()
  while (outer !== undefined && !outer.open) outer = outer.outer
  return { ledger, outer, open: true }
}
