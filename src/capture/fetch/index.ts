/** Capture at the level of HTTP: for all that speaks the JSON of OpenAI or Anthropic through a `fetch`. */

import { type CaptureOptions, reportCaptureError } from '../capture.js'
import { checkCaptureOptions } from '../check-options.js'
import { isInsideCapture } from '../inside-capture.js'
import { isLoggedBy } from '../wire/captured-init.js'
import { ClientMemory, type FetchLike, HttpCall } from '../wire/http-call.js'
import { wireOf } from '../wire/wire.js'
import { FailedBodies } from './failed-bodies.js'
import { bodyOf, type CapturedRequest, type ReadBody, requestOf } from './request.js'

export type { CaptureOptions, CaptureRequest, ContentMode, PerRequest } from '../capture.js'
export type { FetchLike } from '../wire/http-call.js'

export interface FetchCaptureOptions extends CaptureOptions {
  /**
   * True asks chat streams of OpenAI for their usage where the application did not, and takes what comes of it out of
   * the answer again. By default neither request nor answer is touched, and such a stream is counted here.
   */
  readonly askForUsage?: boolean
}

/**
 * A fetch that logs each request to chat completions, responses, embeddings or Anthropic's messages as one entry, and
 * passes all others on untouched. The caller gets the bytes that the provider sent, as they come. An SDK that retries
 * sends several requests: each is an entry with its `attempt`, and `parent_id` names the one that failed before it.
 */
export function captureFetch(inner: FetchLike, options: FetchCaptureOptions): FetchLike {
  checkCaptureOptions(options, 'captureFetch', ['askForUsage'])
  const memory = new ClientMemory()
  const failed = new FailedBodies()

  return async (input, init) => {
    const read = await readBody(options, input, init)
    if (read === undefined) return inner(input, init)
    const { request } = read
    const call = request === undefined ? undefined : callOf(request)
    if (request === undefined || call === undefined) return inner(input, read.init)
    try {
      const headers = read.init?.headers ?? (input instanceof Request ? input.headers : {})
      const response = await call.attempt((sent) => inner(input, sent), { ...read.init, headers })
      if (!response.ok) {
        failed.add(request.text, call.id)
        call.refused(response)
      }
      return response
    } catch (error) {
      failed.add(request.text, call.id)
      call.gaveUp(error)
      throw error
    }
  }

  function callOf(request: CapturedRequest): HttpCall | undefined {
    const { api, body, url, signal, retries, text } = request
    try {
      return new HttpCall(options, memory, {
        wire: wireOf(api),
        body,
        baseURL: url,
        signal,
        asksForUsage: options.askForUsage === true,
        attempt: retries + 1,
        parentId: retries > 0 ? failed.last(text) : undefined,
      })
    } catch (error) {
      reportCaptureError(options, error)
      return undefined
    }
  }
}

/** Undefined for what is not captured, also where that could not be found out. */
async function readBody(
  options: CaptureOptions,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<ReadBody | undefined> {
  try {
    if (isInsideCapture(options.ledger) || isLoggedBy(options.ledger, init)) return undefined
    const head = requestOf(input, init)
    return head === undefined ? undefined : await bodyOf(head, input, init)
  } catch (error) {
    reportCaptureError(options, error)
    return undefined
  }
}
