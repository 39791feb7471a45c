/** One call of a model through the middleware, and its end. */
import type { EntryError, LLMRequestLogEntry } from '../../entry/entry.js'
import type { CallEnd, CallStart, CaptureOptions } from '../capture.js'
import { countedOf } from '../frameworks/counted.js'
import { FrameworkCall } from '../frameworks/framework-call.js'
import type { IdleStreams } from '../frameworks/idle-streams.js'
import { shortText } from '../frameworks/settings.js'
import { brokenOff, describeThrown, INTERRUPTED, LEFT } from '../frameworks/thrown.js'
import { isJson, type Json, jsonOf } from '../json.js'
import { Answer } from './answer.js'
import { describeRequest, type Endpoint } from './request.js'
import type { Attempt, Retries } from './retries.js'
import type { NamedModel } from './types.js'
import { metadataUsages, usageOf } from './usage.js'

/** What the calls of one middleware share. */
export interface SharedByCalls {
  readonly options: CaptureOptions
  readonly retries: Retries
  readonly streams: IdleStreams<ModelCall>
}

export class ModelCall {
  readonly #call: FrameworkCall
  readonly #shared: SharedByCalls
  readonly #attempt: Attempt
  readonly #prompt: unknown
  readonly #provider: string
  readonly #signal: AbortSignal | undefined
  readonly #answer = new Answer()
  readonly #onAbort = (): void => this.failed(this.#signal?.reason)

  constructor(shared: SharedByCalls, endpoint: Endpoint, params: object, model: NamedModel) {
    const given = jsonOf(params)
    this.#shared = shared
    this.#prompt = given.prompt
    this.#provider = String(model.provider)
    this.#signal = given.abortSignal instanceof AbortSignal ? given.abortSignal : undefined
    this.#attempt = shared.retries.begin(this.#prompt)
    const describe = (): CallStart => describeRequest(endpoint, given, model)
    this.#call = new FrameworkCall(shared.options, describe, this.#attempt.beginning)
  }

  /** The model gave a whole answer. */
  answered(result: unknown): void {
    this.#end(undefined, () => this.#answer.whole(jsonOf(result)))
  }

  /** The model began to stream; `part` follows. An application that aborts may never read again. */
  streaming(result: unknown): void {
    this.#answer.response(jsonOf(result).response)
    this.#shared.streams.seen(this)
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  part(part: unknown): void {
    if (!isJson(part)) return
    if (this.#answer.part(part)) this.#call.firstToken()
    if (this.#answer.isFinished) this.#end(undefined)
    else if (!this.#call.isOver) this.#shared.streams.seen(this)
  }

  /** The stream ended; most said `finish` before. */
  streamed(): void {
    this.#end(INTERRUPTED)
  }

  /** The application reads no further. */
  left(): void {
    this.#end(LEFT)
  }

  /** The model refused, or its stream broke off. */
  failed(thrown: unknown, isRefusal = false): void {
    this.#unwatch()
    let mayComeAgain = false
    let httpStatus: number | undefined
    this.#call.end((start) => {
      const failure = describeThrown(thrown, this.#signal)
      mayComeAgain = isRefusal && jsonOf(thrown).isRetryable === true
      httpStatus = failure.httpStatus
      const error = isRefusal ? failure.error : brokenOff(failure.error)
      const fields = httpStatus === undefined ? {} : { http_status: httpStatus }
      return this.#describeEnd(start, failure.status, error, fields)
    })
    if (mayComeAgain) {
      this.#shared.retries.failed(this.#prompt, this.#attempt, httpStatus, this.#call.logged)
    }
  }

  #end(error: EntryError | undefined, read?: () => void): void {
    this.#unwatch()
    this.#call.end((start) => {
      read?.()
      this.#shared.retries.done(this.#prompt)
      const told = this.#answer.error ?? error
      return this.#describeEnd(start, told === undefined ? 'success' : 'error', told, {})
    })
  }

  #unwatch(): void {
    this.#shared.streams.over(this)
    this.#signal?.removeEventListener('abort', this.#onAbort)
  }

  #describeEnd(
    start: CallStart,
    status: CallEnd['status'],
    error: EntryError | undefined,
    fields: Partial<LLMRequestLogEntry>,
  ): CallEnd {
    const answer = this.#answer
    const usage = usageOf(this.#provider, answer)
    const priced = metadataUsages(answer.providerMetadata)
    const { cost, ...counted } = countedOf(usage, start, answer.text(), error, priced)
    const { failed } = this.#attempt
    return {
      status,
      error,
      answer: answer.messages(),
      ...counted,
      fields: {
        attempt: failed.length + 1,
        ...(failed.length === 0 ? {} : { failed_attempts: failed }),
        ...named('finish_reason', answer.rawFinishReason ?? answer.finishReason),
        ...named('response_model', answer.responseModel),
        ...named('response_id', answer.responseId),
        ...named('provider_request_id', requestId(answer.responseHeaders)),
        ...(cost === undefined ? {} : { cost }),
        ...fields,
      },
    }
  }
}

function named(field: string, value: unknown): Partial<LLMRequestLogEntry> {
  const text = shortText(value)
  return text === undefined ? {} : { [field]: text }
}

function requestId(headers: Json): unknown {
  return headers['x-request-id'] ?? headers['request-id']
}
