/** One request of the application: all its HTTP attempts, and its one entry. */
import type { LLMRequestLogEntry } from '../../entry/entry.js'
import { type CallStart, type CaptureOptions, reportCaptureError, valueFor } from '../capture.js'
import { CapturedCall } from '../captured-call.js'
import { CAPTURED_HEADER, mayBeProxy } from '../captured-header.js'
import type { Json } from '../json.js'
import { sameResponse, watchResponse } from '../watched-response.js'
import { endOf } from './answer-end.js'
import { type AnswerEvents, isTimeout, StreamWatcher, WholeWatcher } from './answer-watcher.js'
import { markedInit } from './captured-init.js'
import { failedAnswer } from './failed-answer.js'
import { describeFailure } from './failure.js'
import { askingForUsage, refusesUsage } from './openai/include-usage.js'
import { Threads } from './openai/threads.js'
import type { Wire } from './wire.js'

export type FetchLike = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** What the calls of one captured client share. */
export class ClientMemory {
  readonly threads = new Threads()
  /** Models whose provider refuses `stream_options`; they are not asked twice. */
  readonly refusing = new Set<string>()
}

/** A request on its way, as the adapter knows it. */
export interface OutgoingRequest {
  readonly wire: Wire
  readonly body: Json
  readonly baseURL: unknown
  /** The application's own signal, not the SDK's. */
  readonly signal: AbortSignal | undefined
  /** False leaves chat streams as they are; default true. */
  readonly asksForUsage?: boolean
  /** Which attempt the first one is; default 1. */
  readonly attempt?: number
  /** The entry of the attempt before. */
  readonly parentId?: string | undefined
}

/** An attempt that failed and was followed by another. */
interface FailedAttempt {
  readonly http_status?: number
  readonly latency_ms: number
}

export class HttpCall {
  readonly #options: CaptureOptions
  readonly #memory: ClientMemory
  readonly #wire: Wire
  readonly #start: CallStart
  readonly #callerSignal: AbortSignal | undefined
  readonly #asksForUsage: boolean
  readonly #mayBeProxied: boolean
  #call: CapturedCall | undefined
  #attempts: number
  #failed: FailedAttempt[] = []
  #attemptAborted = false
  #httpStatus: number | undefined
  #requestId: string | undefined

  constructor(options: CaptureOptions, memory: ClientMemory, request: OutgoingRequest) {
    this.#options = options
    this.#memory = memory
    this.#wire = request.wire
    const start = memory.threads.complete(request.wire.start(request.body, request.baseURL))
    this.#start = { ...start, parentId: request.parentId }
    this.#callerSignal = request.signal
    this.#asksForUsage = request.wire.api === 'openai-chat' && request.asksForUsage !== false
    this.#mayBeProxied = mayBeProxy(request.baseURL)
    this.#attempts = (request.attempt ?? 1) - 1
  }

  /** Of the entry; undefined before the first attempt. */
  get id(): string | undefined {
    return this.#call?.id
  }

  /** An HTTP attempt: sends with `send`, and gives the caller what came, or throws what that threw. */
  async attempt(send: (init: RequestInit) => Promise<Response>, init: RequestInit): Promise<Response> {
    const asking = this.#asking(init)
    const startedAt = performance.now()
    // The request leaves first; only then is anything logged.
    const sent = send(this.#marked(asking ?? init))
    this.#quietly(() => this.#begin(init.headers))
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
      const again = await send(this.#marked(init))
      return this.#answered(again, init, startedAt, false)
    } catch (error) {
      this.#attemptAborted = this.#signalOf(init)?.aborted === true
      this.#httpStatus = undefined
      this.#failed.push({ latency_ms: Math.round(performance.now() - startedAt) })
      throw error
    }
  }

  /** No further attempt and no answer will come, for this reason. */
  gaveUp(error: unknown): void {
    this.#quietly(() => {
      const signal = this.#callerSignal
      const context = {
        abortedByCaller: signal?.aborted === true && !isTimeout(signal.reason),
        attemptAborted: this.#attemptAborted,
      }
      const failure = describeFailure(error, context)
      this.#failed.pop()
      const fields = this.#fields(failure.httpStatus ?? this.#httpStatus)
      this.#call?.end({ status: failure.status, error: failure.error, fields })
    })
  }

  /** No further attempt will follow this answer with an error status; its body stays for the caller to read. */
  refused(response: Response): void {
    this.#quietly(() => {
      this.#failed.pop()
      const fields = this.#fields(response.status)
      const told = failedAnswer(response.clone())
      this.#options.ledger.defer(told.then((error) => this.#call?.end({ status: 'error', error, fields })))
    })
  }

  /** So that whoever else would log it knows: a captured fetch below, or the proxy of a ledger. */
  #marked(init: RequestInit): RequestInit {
    const marked = markedInit(init, this.#options.ledger)
    if (!this.#mayBeProxied) return marked
    try {
      const headers = new Headers(init.headers)
      headers.set(CAPTURED_HEADER, valueFor(this.#options.projectId, this.#start.request))
      return { ...marked, headers }
    } catch (error) {
      reportCaptureError(this.#options, error)
      return marked
    }
  }

  /** The request with usage asked for; undefined when it goes out as it is. */
  #asking(init: RequestInit): RequestInit | undefined {
    const { request, model } = this.#start
    if (!this.#asksForUsage || this.#memory.refusing.has(model)) return undefined
    try {
      return askingForUsage(request.body, init)
    } catch (error) {
      reportCaptureError(this.#options, error)
      return undefined
    }
  }

  #begin(headers: RequestInit['headers']): void {
    this.#attempts += 1
    const kept = this.#options.headers === undefined ? undefined : new Headers(headers)
    if (this.#call !== undefined) this.#call.retry()
    else this.#call = new CapturedCall(this.#options, { ...this.#start, headers: kept })
  }

  #answered(response: Response, init: RequestInit, startedAt: number, hiding: boolean): Response {
    this.#httpStatus = response.status
    const { headers } = response
    this.#requestId = headers.get('x-request-id') ?? headers.get('request-id') ?? undefined
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
      // Such as a frozen one: it arrived, and what it says is not known.
      reportCaptureError(this.#options, error)
      this.#unwatched(response)
      return response
    }
  }

  #unwatched({ status }: Response): void {
    this.#quietly(() =>
      this.#call?.end({ status: 'success', usageSource: 'none', fields: this.#fields(status) }),
    )
  }

  #watched(response: Response, init: RequestInit, hiding: boolean): Response {
    const arrived = this.#wire.arrived()
    const signal = this.#signalOf(init)
    const stop = (): void => watcher.failed(signal?.reason)
    const events: AnswerEvents = {
      firstToken: () => this.#call?.firstToken(),
      ended: (error) => {
        signal?.removeEventListener('abort', stop)
        this.#quietly(() => this.#ended(endOf(this.#wire, this.#start, arrived, error)))
      },
      report: (error) => reportCaptureError(this.#options, error),
      aborted: () => signal?.aborted === true,
    }
    const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true
    const watcher = isStream ? new StreamWatcher(arrived, events, hiding) : new WholeWatcher(arrived, events)
    // An answer without a body that can be watched, as some fetch replacements give it.
    if (typeof response.body?.getReader !== 'function') {
      this.#unwatched(response)
      return response
    }
    // An application that aborts and never reads again would not be noticed otherwise.
    signal?.addEventListener('abort', stop, { once: true })
    return watchResponse(response, watcher)
  }

  #ended(end: ReturnType<typeof endOf>): void {
    const responseId = end.fields.response_id
    if (end.status === 'success' && typeof responseId === 'string' && this.#wire.api === 'openai-responses') {
      this.#memory.threads.remember(responseId, this.#start, end.answer ?? [])
    }
    this.#call?.end({ ...end, fields: { ...this.#fields(this.#httpStatus), ...end.fields } })
  }

  #fields(httpStatus: number | undefined): Partial<LLMRequestLogEntry> {
    return {
      attempt: Math.max(1, this.#attempts),
      ...(httpStatus === undefined ? {} : { http_status: httpStatus }),
      ...(this.#requestId === undefined ? {} : { provider_request_id: this.#requestId }),
      ...(this.#failed.length === 0 ? {} : { failed_attempts: [...this.#failed] }),
    }
  }

  #signalOf(init: RequestInit): AbortSignal | undefined {
    return init.signal ?? this.#callerSignal
  }

  #quietly(work: () => void): void {
    try {
      work()
    } catch (error) {
      reportCaptureError(this.#options, error)
    }
  }
}
