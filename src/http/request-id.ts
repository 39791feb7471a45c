/** One id a request, on the answer and on every line of the system log about it. */
import { randomUUID } from 'node:crypto'
import { shownText } from '../errors.js'

const VALID = /^[A-Za-z0-9._-]{1,128}$/

/** The caller's id when it is one and no credential; a new one otherwise, so that nothing else is ever echoed or logged. */
export function requestIdFrom(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && VALID.test(header) && shownText(header) === header
    ? header
    : randomUUID()
}
