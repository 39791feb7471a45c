/**
 * What the SDKs of OpenAI and Anthropic have in common: every method passes through the client's `request` once a call,
 * before its retries, and is given back as a promise that fails when the SDK gives up.
 */
import { type CaptureOptions, reportCaptureError } from './capture.js'
import { isInsideCapture } from './inside-capture.js'
import { isJson, type Json, jsonOf } from './json.js'
import { isLoggedBy, markedInit } from './wire/captured-init.js'
import { type ClientMemory, type FetchLike, HttpCall } from './wire/http-call.js'
import { apiOf, type WireApi, wireOf } from './wire/wire.js'

/** What is used of such a client. */
export interface SdkClient {
  baseURL: string
  request(options: unknown, remainingRetries?: number | null): { asResponse(): Promise<unknown> }
}

export interface RequestWatch {
  readonly options: CaptureOptions
  readonly memory: ClientMemory
  /** The APIs of this SDK; what else it calls passes through. */
  readonly apis: ReadonlySet<WireApi>
  /** The request options with the call attached, so that it sees each HTTP attempt. */
  attach(requested: Json, call: HttpCall): Json
}

/** Changes the given client, which must be ours. */
export function watchRequests(client: SdkClient, watch: RequestWatch): void {
  const request = client.request.bind(client)
  override(client, 'request', (given: unknown, remainingRetries?: number | null) => {
    const attached = Promise.resolve(given).then((requested) => {
      const call = begin(requested, client.baseURL, watch)
      if (call === undefined || !isJson(requested)) return requested
      promise.asResponse().catch((error: unknown) => call.gaveUp(error))
      const attached = watch.attach(requested, call)
      // A captured client below this one stays silent.
      return { ...attached, fetchOptions: markedInit(jsonOf(attached.fetchOptions), watch.options.ledger) }
    })
    const promise = request(attached, remainingRetries)
    return promise
  })
}

function begin(given: unknown, baseURL: string, watch: RequestWatch): HttpCall | undefined {
  const { options, memory, apis } = watch
  try {
    if (isInsideCapture(options.ledger)) return undefined
    if (!isJson(given) || given.method !== 'post' || !isJson(given.body)) return undefined
    if (isLoggedBy(options.ledger, jsonOf(given.fetchOptions))) return undefined
    const api = apiOf(given.path)
    if (api === undefined || !apis.has(api)) return undefined
    const signal = given.signal instanceof AbortSignal ? given.signal : undefined
    return new HttpCall(options, memory, { wire: wireOf(api), body: given.body, baseURL, signal })
  } catch (error) {
    reportCaptureError(options, error)
    return undefined
  }
}

/** Replaces a method of one client, unseen by those who list its fields. */
export function override(client: object, name: string, value: unknown): void {
  Object.defineProperty(client, name, { value, configurable: true, writable: true, enumerable: false })
}

/** The client's own fetch: private in the types of the SDKs, the same name in every version. */
export function fetchOf(client: object): FetchLike {
  const own: unknown = Reflect.get(client, 'fetch')
  return isFetch(own) ? own : fetch
}

function isFetch(value: unknown): value is FetchLike {
  return typeof value === 'function'
}
