/** What is kept of a request's body on its way, to read what was asked for. */
import { type Json, jsonOf, parseJson, textOf } from '../json.js'
import { inflate } from './inflated.js'

export class RequestCopy {
  readonly #maxBytes: number
  #chunks: Uint8Array[] = []
  #size = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  add(bytes: Uint8Array): void {
    this.#size += bytes.length
    if (this.#size <= this.#maxBytes) this.#chunks.push(bytes)
    else this.#chunks = []
  }

  /**
   * The body as an object, with the model of an Azure deployment's path where the body names none. Empty when it is no
   * JSON, too large, or compressed in a way that Node does not know. What was kept is let go.
   */
  take(contentEncoding: string | undefined, path: string): Json {
    const bytes = inflate(Buffer.concat(this.#chunks), contentEncoding, this.#maxBytes)
    this.#chunks = []
    const body = bytes === undefined ? {} : jsonOf(parseJson(new TextDecoder().decode(bytes)))
    if (textOf(body.model) !== undefined) return body
    const deployment = /\/deployments\/([A-Za-z0-9._-]{1,128})\//.exec(path)?.[1]
    return deployment === undefined ? body : { ...body, model: deployment }
  }
}
