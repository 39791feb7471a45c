/** What sees a request and its answer pass through the proxy. */
import type { IncomingMessage } from 'node:http'

/** Changes nothing of what passes, and never throws. */
export interface Onlooker {
  requestChunk(bytes: Uint8Array): void
  /** The whole request came. */
  requestEnded(): void
  /** No more of the request comes, whole or not. */
  requestClosed(): void
  /** The head of the answer came. */
  answered(answer: IncomingMessage): void
  answerChunk(bytes: Uint8Array): void
  /** The whole answer came. Of this and the following ones one is called, once. */
  answerEnded(): void
  /** The upstream could not be reached, or broke off. */
  failed(error: unknown): void
  /** The upstream sent nothing for too long. */
  stalled(): void
  /** The client went away. */
  clientGone(): void
}

/** For what is not logged. */
export const NOBODY: Onlooker = {
  requestChunk() {},
  requestEnded() {},
  requestClosed() {},
  answered() {},
  answerChunk() {},
  answerEnded() {},
  failed() {},
  stalled() {},
  clientGone() {},
}
