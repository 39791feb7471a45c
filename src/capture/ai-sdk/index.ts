/** Capture of the Vercel AI SDK, 5 and 6, as middleware of its models. The package itself is not imported. */

import { type CaptureOptions, reportCaptureError } from '../capture.js'
import { checkCaptureOptions } from '../check-options.js'
import { IdleStreams } from '../frameworks/idle-streams.js'
import type { FrameworkOptions } from '../frameworks/options.js'
import { insideCapture, isInsideCapture } from '../inside-capture.js'
import { jsonOf } from '../json.js'
import { EmbeddingCall } from './embedding-call.js'
import { ModelCall } from './model-call.js'
import type { Endpoint } from './request.js'
import { Retries } from './retries.js'
import type { LedgerEmbeddingMiddleware, LedgerMiddleware, NamedModel } from './types.js'
import { type PartWatcher, watchParts } from './watched-parts.js'

export type { CaptureOptions, CaptureRequest, PerRequest } from '../capture.js'
export type { FrameworkOptions } from '../frameworks/options.js'
export type { LedgerEmbeddingMiddleware, LedgerMiddleware } from './types.js'

/**
 * For `wrapLanguageModel({ model, middleware: ledgerMiddleware(options) })`: each call of the model is one entry, however
 * often the AI SDK retries it; the steps of an agent are one each. The functions in the options get the call's own
 * parameters as `body`, and `ai-sdk.generate` or `ai-sdk.stream` as `endpoint`. The ledger never delays or fails a call.
 */
export function ledgerMiddleware(options: FrameworkOptions): LedgerMiddleware {
  checkCaptureOptions(options, 'ledgerMiddleware', ['idleMs'])
  const streams = new IdleStreams<ModelCall>(options.idleMs, (call) => call.left())
  const shared = { options, retries: new Retries(), streams }
  const begin = (endpoint: Endpoint, params: object, model: NamedModel): ModelCall | undefined =>
    begun(options, params, () => new ModelCall(shared, endpoint, params, model))
  return {
    specificationVersion: 'v3',
    async wrapGenerate({ doGenerate, params, model }) {
      const call = begin('generate', params, model)
      if (call === undefined) return doGenerate()
      const result = await sent(options, call, doGenerate)
      call.answered(result)
      return result
    },
    async wrapStream({ doStream, params, model }) {
      const call = begin('stream', params, model)
      if (call === undefined) return doStream()
      const result = await sent(options, call, doStream)
      try {
        call.streaming(result)
        return { ...result, stream: watchParts(result.stream, quiet(options, call)) }
      } catch (error) {
        reportCaptureError(options, error)
        return result
      }
    },
  }
}

/** For `wrapEmbeddingModel({ model, middleware: ledgerEmbeddingMiddleware(options) })`. The texts are not kept. */
export function ledgerEmbeddingMiddleware(options: CaptureOptions): LedgerEmbeddingMiddleware {
  checkCaptureOptions(options, 'ledgerEmbeddingMiddleware')
  return {
    specificationVersion: 'v3',
    async wrapEmbed({ doEmbed, params, model }) {
      const call = begun(options, params, () => new EmbeddingCall(options, params, model))
      if (call === undefined) return doEmbed()
      const result = await sent(options, call, doEmbed)
      call.answered(result)
      return result
    },
  }
}

/** Undefined where nothing is to be logged: another capture does, or no request will leave. */
function begun<Call>(options: CaptureOptions, params: object, make: () => Call): Call | undefined {
  try {
    if (isInsideCapture(options.ledger)) return undefined
    const { abortSignal } = jsonOf(params)
    return abortSignal instanceof AbortSignal && abortSignal.aborted ? undefined : make()
  } catch (error) {
    reportCaptureError(options, error)
    return undefined
  }
}

interface Failing {
  failed(thrown: unknown, isRefusal: boolean): void
}

async function sent<Result>(
  options: CaptureOptions,
  call: Failing,
  send: () => PromiseLike<Result>,
): Promise<Result> {
  try {
    return await insideCapture(options.ledger, send)
  } catch (error) {
    call.failed(error, true)
    throw error
  }
}

/** Parts come from the provider: what cannot be read of them must not break the stream. */
function quiet(options: CaptureOptions, call: ModelCall): PartWatcher {
  const quietly = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      reportCaptureError(options, error)
    }
  }
  return {
    part: (part) => quietly(() => call.part(part)),
    streamed: () => quietly(() => call.streamed()),
    failed: (error) => quietly(() => call.failed(error)),
    left: () => quietly(() => call.left()),
  }
}
