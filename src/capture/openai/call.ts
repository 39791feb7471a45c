/** One request of the application through the SDK: all its HTTP attempts, and its one entry. */
import type { EntryError, LLMRequestLogEntry } from '../../entry/entry.js'
import { countUsage } from '../../tokens/count.js'
import { normaliseOpenAIUsage, reportedCost } from '../../tokens/openai-usage.js'
import { type CallEnd, type CallStart, type CaptureOptions, reportCaptureError } from '../capture.js'
import { CapturedCall } from '../captured-call.js'
import { sameResponse, watchResponse } from '../watched-response.js'
import { type AnswerEvents, StreamWatcher, WholeWatcher } from './answer-watcher.js'
import type { Arrived } from './arrived.js'
import { ChatArrived } from './chat-arrived.js'
import { describeFailure } from './failure.js'
import { askForUsage, refusesUsage } from './include-usage.js'
import { ResponsesArrived } from './responses-arrived.js'
import type { Threads } from './threads.js'

export type FetchLike = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** What the calls of one captured client share. */
export interface ClientMemory {
  readonly threads: Threads
  /** Models whose provider refuses `stream_options`; they are not asked twice. */
  readonly refusing: Set<string>
}

/** An attempt that failed and was followed by another. */
interface FailedAttempt {
  readonly http_status?: number
  readonly latency_ms: number
}

export class OpenAICall {
  readonly #options: CaptureOptions
  readonly #memory: ClientMemory
  readonly #start: CallStart
  readonly #callerSignal: AbortSignal | undefined
  #call: CapturedCall | undefined
  #attempts = 0
  #failed: FailedAttempt[] = []
  #attemptAborted = false
  #httpStatus: number | undefined
  #requestId: string | undefined

  constructor(
    options: CaptureOptions,
    memory: ClientMemory,
    start: CallStart,
    callerSignal: AbortSignal | undefined,
  ) {
    this.#options = options
    this.#memory = memory
    this.#start = memory.threads.complete(start)
    this.#callerSignal = callerSignal
  }

  /** An HTTP attempt, in place of the SDK's fetch. */
  async fetch(inner: FetchLike, url: string | URL | Request, init: RequestInit): Promise<Response> {
    const asking = this.#asking(init)
    const startedAt = performance.now()
    // The request leaves first; only then is anything logged.
    const sent = inner(url, asking ?? init)
    this.#quietly(() => this.#attempt())
    try {
      const response = await sent
      if (asking === undefined) return this.#answered(response, init, startedAt, false)
      if (response.status !== 400 && response.status !== 422)
        return this.#answered(response, init, startedAt, true)
      const body = new Uint8Array(await response.arrayBuffer())
      if (!refusesUsage(response.status, new TextDecoder().decode(body))) {
        return this.#answered(sameResponse(response, body), init, startedAt, false)
      }
      this.#memory.refusing.add(this.#start.model)
      return this.#answered(await inner(url, init), init, startedAt, false)
    } catch (error) {
      this.#attemptAborted = init.signal?.aborted === true
      this.#httpStatus = undefined
      this.#failed.push({ latency_ms: Math.round(performance.now() - startedAt) })
      throw error
    }
  }

  /** The SDK gave up: no answer will come. */
  gaveUp(error: unknown): void {
    this.#quietly(() => {
      const context = {
        abortedByCaller: this.#callerSignal?.aborted === true,
        attemptAborted: this.#attemptAborted,
      }
      const failure = describeFailure(error, context)
      this.#failed.pop()
      const fields = this.#fields(failure.httpStatus ?? this.#httpStatus)
      this.#call?.end({ status: failure.status, error: failure.error, fields })
    })
  }

  /** The request with usage asked for; undefined when it goes out as it is. */
  #asking(init: RequestInit): RequestInit | undefined {
    const { request, model } = this.#start
    if (request.endpoint !== 'chat.completions' || this.#memory.refusing.has(model)) return undefined
    try {
      const headers = new Headers(init.headers)
      // A signature over the body would no longer hold.
      if (headers.get('authorization')?.startsWith('AWS4-')) return undefined
      const body = askForUsage(request.body, init.body)
      if (body === undefined) return undefined
      if (headers.has('content-length')) headers.set('content-length', String(Buffer.byteLength(body)))
      return { ...init, headers, body }
    } catch (error) {
      reportCaptureError(this.#options, error)
      return undefined
    }
  }

  #attempt(): void {
    this.#attempts += 1
    if (this.#call === undefined) this.#call = new CapturedCall(this.#options, this.#start)
    else this.#call.retry()
  }

  #answered(response: Response, init: RequestInit, startedAt: number, hiding: boolean): Response {
    this.#httpStatus = response.status
    this.#requestId = response.headers.get('x-request-id') ?? undefined
    if (!response.ok) {
      // The SDK retries it or gives up; both will be seen.
      this.#failed.push({
        http_status: response.status,
        latency_ms: Math.round(performance.now() - startedAt),
      })
      return response
    }
    try {
      return this.#watched(response, init, hiding)
    } catch (error) {
      reportCaptureError(this.#options, error)
      return response
    }
  }

  #watched(response: Response, init: RequestInit, hiding: boolean): Response {
    const arrived: Arrived =
      this.#start.request.endpoint === 'responses' ? new ResponsesArrived() : new ChatArrived()
    const signal = init.signal ?? undefined
    const stop = (): void => watcher.failed(signal?.reason)
    const events: AnswerEvents = {
      firstToken: () => this.#call?.firstToken(),
      ended: (error) => {
        signal?.removeEventListener('abort', stop)
        this.#quietly(() => this.#ended(arrived, error))
      },
      report: (error) => reportCaptureError(this.#options, error),
      aborted: () => signal?.aborted === true,
    }
    const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true
    const watcher = isStream ? new StreamWatcher(arrived, events, hiding) : new WholeWatcher(arrived, events)
    // An answer without a body that can be watched, as some fetch replacements give it.
    if (typeof response.body?.getReader !== 'function') {
      this.#call?.end({ status: 'success', fields: this.#fields(response.status) })
      return response
    }
    // An application that aborts and never reads again would not be noticed otherwise.
    signal?.addEventListener('abort', stop, { once: true })
    return watchResponse(response, response.body, watcher)
  }

  #ended(arrived: Arrived, error: EntryError | undefined): void {
    const answer = arrived.messages()
    if (
      error === undefined &&
      arrived.responseId !== undefined &&
      this.#start.request.endpoint === 'responses'
    ) {
      this.#memory.threads.remember(arrived.responseId, this.#start, answer)
    }
    const cost = reportedCost(arrived.usage)
    const fields: Partial<LLMRequestLogEntry> = {
      ...this.#fields(this.#httpStatus),
      ...(arrived.finishReason === undefined
        ? {}
        : { finish_reason: arrived.finishReason.slice(0, MAX_TEXT) }),
      ...(arrived.responseModel === undefined
        ? {}
        : { response_model: arrived.responseModel.slice(0, MAX_TEXT) }),
      ...(arrived.responseId === undefined ? {} : { response_id: arrived.responseId }),
      ...(cost === undefined ? {} : { cost: { amount: cost, source: 'provider' } }),
    }
    this.#call?.end({
      status: error === undefined ? 'success' : 'error',
      error,
      answer,
      ...this.#usage(arrived, error),
      fields,
    })
  }

  /** The provider's numbers when they came, whatever they are; else a count of what went to and fro. */
  #usage(arrived: Arrived, error: EntryError | undefined): Pick<CallEnd, 'usage' | 'usageSource' | 'count'> {
    const reported = normaliseOpenAIUsage(arrived.usage)
    if (reported !== undefined) return { usage: reported, usageSource: 'provider' }
    const answer = arrived.text()
    const broken = error?.code === 'aborted' || error?.code === 'stream_interrupted'
    if (error !== undefined && !broken && answer === '') return { usageSource: 'none' }
    const { model, history } = this.#start
    return { count: () => countUsage({ model: arrived.responseModel ?? model, history, answer }) }
  }

  #fields(httpStatus: number | undefined): Partial<LLMRequestLogEntry> {
    return {
      attempt: Math.max(1, this.#attempts),
      ...(httpStatus === undefined ? {} : { http_status: httpStatus }),
      ...(this.#requestId === undefined ? {} : { provider_request_id: this.#requestId }),
      ...(this.#failed.length === 0 ? {} : { failed_attempts: [...this.#failed] }),
    }
  }

  #quietly(work: () => void): void {
    try {
      work()
    } catch (error) {
      reportCaptureError(this.#options, error)
    }
  }
}

const MAX_TEXT = 256
