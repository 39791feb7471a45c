/** Capture of the `openai` SDK, 5 to 7, through its own `fetch` option. The SDK itself is not imported. */

import type { CaptureOptions } from '../capture.js'
import { checkCaptureOptions } from '../check-options.js'
import { isJson } from '../json.js'
import { fetchOf, override, type SdkClient, watchRequests } from '../sdk-client.js'
import { ClientMemory, type FetchLike, HttpCall } from '../wire/http-call.js'
import type { WireApi } from '../wire/wire.js'

export type { CaptureOptions, CaptureRequest, ContentMode, PerRequest } from '../capture.js'

interface ClientChanges {
  fetch?: FetchLike | undefined
  apiVersion?: string
  deployment?: string
}

/** What is used of an `OpenAI` client. */
export interface OpenAIClient extends SdkClient {
  withOptions(options: ClientChanges): this
}

/**
 * A client of the same type and settings whose chat completions, responses and embeddings are logged, each as one entry
 * however often the SDK retries. The given client is not changed. The ledger never delays or fails a call: lines are
 * written behind it, see `ledger.flush`.
 */
export function captureOpenAI<Client extends OpenAIClient>(client: Client, options: CaptureOptions): Client {
  checkCaptureOptions(options, 'captureOpenAI')
  return capture(client, options, new ClientMemory())
}

const APIS: ReadonlySet<WireApi> = new Set(['openai-chat', 'openai-responses', 'openai-embeddings'])

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
      return call instanceof HttpCall ? call.attempt((sent) => inner(url, sent), own) : inner(url, init)
    },
  })

  watchRequests(captured, {
    options,
    memory,
    apis: APIS,
    attach: (requested, call) => {
      const fetchOptions = isJson(requested.fetchOptions) ? requested.fetchOptions : {}
      return { ...requested, fetchOptions: { ...fetchOptions, [marker]: call } }
    },
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
