/** A call of the application and its entry: begin, first token, end. */
import type { LLMRequestLogEntry, Timings } from '../entry/entry.js'
import { isModel } from '../entry/validate.js'
import type { LLMRequestHandle } from '../ledger.js'
import type { CountedUsage } from '../tokens/count.js'
import { type Beginning, beginNow, timingsOf } from './beginning.js'
import { CallMessages } from './call-messages.js'
import {
  type CallEnd,
  type CallStart,
  type CaptureOptions,
  type PerRequest,
  reportCaptureError,
  valueFor,
} from './capture.js'
import { keptHeaders } from './privacy/kept-headers.js'
import { Privacy } from './privacy/privacy.js'

/**
 * One call of the application, from its first attempt to its end: one pending and one final line with the same id.
 * Nothing here throws, rejects or makes the caller wait; what goes wrong is reported to the ledger.
 */
export class CapturedCall {
  readonly #options: CaptureOptions
  readonly #start: CallStart
  readonly #privacy: Privacy
  readonly #id: string
  readonly #startedAt: number
  #attemptAt: number
  #firstTokenAt: number | undefined
  #ended = false
  /** Undefined when the options could not say what to log. */
  readonly #entry: LLMRequestLogEntry | undefined
  readonly #messages: CallMessages
  /** Set once the pending line is written, so that a later end need not wait a turn. */
  #handle: LLMRequestHandle | undefined
  readonly #beginning: Promise<LLMRequestHandle | undefined>
  #logged: Promise<unknown> | undefined

  /** `beginning` is of a call that began before it is told of. */
  constructor(options: CaptureOptions, start: CallStart, beginning: Beginning = beginNow()) {
    this.#options = options
    this.#start = start
    this.#privacy = new Privacy(options)
    this.#id = beginning.id
    this.#startedAt = beginning.startedAt
    this.#attemptAt = beginning.attemptAt
    this.#entry = this.#describe(beginning.timestamp)
    this.#messages = new CallMessages(options, this.#privacy, this.#entry, start.history)
    this.#beginning = this.#begin(beginning.after)
    this.#defer(this.#beginning)
  }

  get id(): string {
    return this.#id
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Settles when the end is logged; undefined before the end. Never rejects. */
  get logged(): Promise<unknown> | undefined {
    return this.#logged
  }

  /** A further attempt of the same request is sent now. */
  retry(): void {
    this.#attemptAt = performance.now()
    this.#firstTokenAt = undefined
  }

  /** `at` as performance.now() gives it, ms. */
  firstToken(at: number = performance.now()): void {
    this.#firstTokenAt ??= at
  }

  /** The first end counts; later ones are ignored. */
  end(end: CallEnd): void {
    if (this.#ended) return
    this.#ended = true
    const timings = timingsOf(this.#startedAt, this.#attemptAt, this.#firstTokenAt, performance.now())
    // Not when the line is made: what nobody counted is counted before that.
    const endedAt = new Date().toISOString()
    const handle = this.#handle
    const logged =
      handle === undefined
        ? this.#beginning.then((late) => late && this.#finish(late, end, timings, endedAt))
        : this.#finish(handle, end, timings, endedAt)
    this.#logged = logged
    this.#defer(logged)
    // At once, so that the answer stands before the question that the caller asks next.
    this.#defer(this.#messages.keepAnswer(end, { model: this.#start.model, request_id: this.#id, timings }))
  }

  async #begin(after: Promise<unknown> | undefined): Promise<LLMRequestHandle | undefined> {
    if (this.#entry === undefined) return undefined
    try {
      if (after !== undefined) await after
      const entry = { ...this.#entry, messages_included: await this.#messages.ids }
      this.#handle = await this.#options.ledger.startLLMRequest(entry, { onError: 'never', mayWait: true })
      return this.#handle
    } catch (error) {
      this.#report(error)
      return undefined
    }
  }

  #describe(timestamp: string): LLMRequestLogEntry | undefined {
    try {
      return this.#privacy.entry(this.#entryOf(timestamp))
    } catch (error) {
      this.#report(error)
      return undefined
    }
  }

  #entryOf(timestamp: string): LLMRequestLogEntry {
    const { request, model, provider, params, outputFormat, requestType, parentId } = this.#start
    const options = this.#options
    const headers = keptHeaders(options.headers, this.#start.headers)
    const of = <T>(value: PerRequest<T>): T => valueFor(value, request)
    return {
      id: this.#id,
      project_id: of(options.projectId),
      chat_id: of(options.chatId),
      // A name that is none would cost the entry.
      model: isModel(model) ? model : 'unknown',
      status: 'pending',
      timestamp_start: timestamp,
      provider: options.provider === undefined ? provider : of(options.provider),
      params,
      ...(outputFormat === undefined ? {} : { output_format_hint: outputFormat }),
      ...(requestType === undefined ? {} : { request_type: requestType }),
      ...(parentId === undefined ? {} : { parent_id: parentId }),
      ...(headers === undefined ? {} : { request_headers: headers }),
      ...(options.userId === undefined ? {} : { user_id: of(options.userId) }),
      ...(options.sessionId === undefined ? {} : { session_id: of(options.sessionId) }),
      ...(options.tags === undefined ? {} : { tags: of(options.tags) }),
      ...(options.environment === undefined ? {} : { environment: of(options.environment) }),
      ...(options.metadata === undefined ? {} : { metadata: of(options.metadata) }),
    }
  }

  async #finish(handle: LLMRequestHandle, end: CallEnd, timings: Timings, endedAt: string): Promise<void> {
    const { usage, usageSource } = end.count === undefined ? end : await this.#counted(end.count)
    const { error, ...fields } = this.#privacy.entry({ ...end.fields, error: end.error })
    const final: Partial<LLMRequestLogEntry> = {
      ...fields,
      timings,
      timestamp_end: laterOf(endedAt, this.#entry?.timestamp_start ?? endedAt),
      ...(usage === undefined ? {} : { usage }),
      ...(usageSource === undefined ? {} : { usage_source: usageSource }),
    }
    const failure = error ?? { code: end.status, message: 'The request failed.' }
    try {
      if (end.status === 'success') await handle.complete(final)
      else if (end.status === 'timeout') {
        await handle.timeout({ ...final, ...(error === undefined ? {} : { error }) })
      } else await handle.fail(failure, final)
    } catch (reason) {
      this.#report(reason)
    }
  }

  /** After the turn in which the caller got the end of its answer. */
  async #counted(count: () => Promise<CountedUsage>): Promise<Partial<CountedUsage>> {
    try {
      await new Promise((resolve) => setImmediate(resolve))
      return await count()
    } catch (error) {
      this.#report(error)
      return { usageSource: 'none' }
    }
  }

  /** The caller does not wait for the work; the ledger does before it closes. */
  #defer(work: Promise<unknown>): void {
    try {
      this.#options.ledger.defer(work)
    } catch (error) {
      this.#report(error)
    }
  }

  #report(error: unknown): void {
    reportCaptureError(this.#options, error)
  }
}

/** Of two instants in one form; the clock may have gone back. */
function laterOf(one: string, other: string): string {
  return one < other ? other : one
}
