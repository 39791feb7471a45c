/** Which connections have an answer under way that nothing else may be written into. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export class OpenAnswers {
  /** Several when a client sends its next request before the answer to the last. */
  readonly #bySocket = new WeakMap<Socket, readonly ServerResponse[]>()

  /** To be called for each request, before anything is answered. */
  add({ socket }: IncomingMessage, response: ServerResponse): void {
    const open = this.#bySocket.get(socket)?.filter(isOpen) ?? []
    this.#bySocket.set(socket, [...open, response])
  }

  /** True while an answer has begun, or is owed to a request that came whole: what is written now would be taken for it. */
  isUnderWay(socket: Socket): boolean {
    const open = this.#bySocket.get(socket)?.filter(isOpen) ?? []
    return open.some((response) => response.headersSent || response.req.complete)
  }
}

function isOpen(response: ServerResponse): boolean {
  return !response.req.complete || (!response.writableEnded && !response.destroyed)
}
