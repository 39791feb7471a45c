/** Capture of the `openai` SDK, 5 to 7, through its own `fetch` option. The SDK itself is not imported. */
import { type CaptureOptions, reportCaptureError } from '../capture.js'
import { isInsideCapture } from '../inside-capture.js'
import { isJson } from '../json.js'
import { type ClientMemory, type FetchLike, OpenAICall } from './call.js'
import { describeRequest, endpointOf } from './request.js'
import { Threads } from './threads.js'

export type { CaptureOptions, CaptureRequest, PerRequest } from '../capture.js'

interface ClientChanges {
  fetch?: FetchLike | undefined
  apiVersion?: string
  deployment?: string
}

/** What is used of an `OpenAI` client. */
export interface OpenAIClient {
  baseURL: string
  withOptions(options: ClientChanges): this
  request(options: unknown, remainingRetries?: number | null): { asResponse(): Promise<unknown> }
}

/**
 * A client of the same type and settings whose chat completions and responses are logged, each as one entry however
 * often the SDK retries. The given client is not changed. The ledger never delays or fails a call: lines are written
 * behind it, see `ledger.flush`.
 */
export function captureOpenAI<Client extends OpenAIClient>(client: Client, options: CaptureOptions): Client {
  return capture(client, options, { threads: new Threads(), refusing: new Set() })
}

function capture<Client extends OpenAIClient>(
  client: Client,
  options: CaptureOptions,
  memory: ClientMemory,
): Client {
  // Names the call on its way through the SDK to fetch. Each capture has its own, so captures can be nested.
  const marker = Symbol('ledgerline.call')
  const inner = fetchOf(client)
  const captured = client.withOptions({
    ...azureOptions(client),
    fetch: (url, init) => {
      const { [marker]: call, ...own }: RequestInit & { [marker]?: unknown } = init ?? {}
      return call instanceof OpenAICall ? call.fetch(inner, url, own) : inner(url, init)
    },
  })

  const begin = (given: unknown): OpenAICall | undefined => {
    try {
      if (isInsideCapture(options.ledger)) return undefined
      if (!isJson(given) || given.method !== 'post' || !isJson(given.body)) return undefined
      const endpoint = endpointOf(given.path)
      if (endpoint === undefined) return undefined
      const start = describeRequest(endpoint, given.body, captured.baseURL)
      return new OpenAICall(
        options,
        memory,
        start,
        given.signal instanceof AbortSignal ? given.signal : undefined,
      )
    } catch (error) {
      reportCaptureError(options, error)
      return undefined
    }
  }

  // `request` is where every method of the SDK passes once a call, before its retries; `fetch` sees each attempt.
  const request = captured.request.bind(captured)
  override(captured, 'request', (given: unknown, remainingRetries?: number | null) => {
    const marked = Promise.resolve(given).then((requested) => {
      const call = begin(requested)
      if (call === undefined || !isJson(requested)) return requested
      promise.asResponse().catch((error: unknown) => call.gaveUp(error))
      const fetchOptions = isJson(requested.fetchOptions) ? requested.fetchOptions : {}
      return { ...requested, fetchOptions: { ...fetchOptions, [marker]: call } }
    })
    const promise = request(marked, remainingRetries)
    return promise
  })

  // A client derived from this one is captured too.
  const withOptions = captured.withOptions.bind(captured)
  override(captured, 'withOptions', (changes: ClientChanges) =>
    capture(
      withOptions({ ...azureOptions(captured), ...changes, fetch: changes.fetch ?? inner }),
      options,
      memory,
    ),
  )
  return captured
}

/** AzureOpenAI 5 and 6 forget these in `withOptions` and then refuse to be made. */
function azureOptions(client: object): ClientChanges {
  const apiVersion: unknown = Reflect.get(client, 'apiVersion')
  const deployment: unknown = Reflect.get(client, 'deploymentName')
  return {
    ...(typeof apiVersion === 'string' ? { apiVersion } : {}),
    ...(typeof deployment === 'string' ? { deployment } : {}),
  }
}

function override(client: object, name: string, value: unknown): void {
  Object.defineProperty(client, name, { value, configurable: true, writable: true, enumerable: false })
}

/** The client's own fetch: private in the SDK's types, the same name in every version. */
function fetchOf(client: object): FetchLike {
  const own: unknown = Reflect.get(client, 'fetch')
  return isFetch(own) ? own : fetch
}

function isFetch(value: unknown): value is FetchLike {
  return typeof value === 'function'
}
