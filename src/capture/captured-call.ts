/** A call of the application and its entry: begin, first token, end. */
import type { HistoryMessage, LLMInfo } from '../chat-log/message.js'
import type { LLMRequestLogEntry, Timings, Usage } from '../entry/entry.js'
import type { LLMRequestHandle } from '../ledger.js'
import {
  type CallEnd,
  type CallStart,
  type CaptureOptions,
  type CaptureRequest,
  type PerRequest,
  reportCaptureError,
} from './capture.js'

/**
 * One call of the application, from its first attempt to its end: one pending and one final line with the same id.
 * Nothing here throws, rejects or makes the caller wait; what goes wrong is reported to the ledger.
 */
export class CapturedCall {
  readonly #options: CaptureOptions
  readonly #start: CallStart
  readonly #startedAt = performance.now()
  #attemptAt = this.#startedAt
  #firstTokenAt: number | undefined
  #ended = false
  /** Set once the pending line is written, so that a later end need not wait a turn. */
  #begun: Begun | undefined
  readonly #beginning: Promise<Begun | undefined>

  constructor(options: CaptureOptions, start: CallStart) {
    this.#options = options
    this.#start = start
    this.#beginning = this.#begin(new Date().toISOString())
    this.#defer(this.#beginning)
  }

  get ended(): boolean {
    return this.#ended
  }

  /** A further attempt of the same request is sent now. */
  retry(): void {
    this.#attemptAt = performance.now()
    this.#firstTokenAt = undefined
  }

  firstToken(): void {
    this.#firstTokenAt ??= performance.now()
  }

  /** The first end counts; later ones are ignored. */
  end(end: CallEnd): void {
    if (this.#ended) return
    this.#ended = true
    const timings = this.#timings(performance.now())
    const begun = this.#begun
    const finished =
      begun === undefined
        ? this.#beginning.then((late) => late && this.#finish(late, end, timings))
        : this.#finish(begun, end, timings)
    this.#defer(finished)
  }

  async #begin(timestamp: string): Promise<Begun | undefined> {
    try {
      const entry = this.#entry(timestamp)
      const { ledger, messages } = this.#options
      const ids = messages === false ? [] : await this.#append(entry, this.#start.history)
      const handle = await ledger.startLLMRequest({ ...entry, messages_included: ids }, { onError: 'never' })
      this.#begun = { handle, entry, ids }
      return this.#begun
    } catch (error) {
      this.#report(error)
      return undefined
    }
  }

  #entry(timestamp: string): LLMRequestLogEntry {
    const { request, model, provider, params, outputFormat } = this.#start
    const options = this.#options
    const of = <T>(value: PerRequest<T>): T => valueFor(value, request)
    return {
      project_id: of(options.projectId),
      chat_id: of(options.chatId),
      model,
      status: 'pending',
      timestamp_start: timestamp,
      provider: options.provider === undefined ? provider : of(options.provider),
      params,
      ...(outputFormat === undefined ? {} : { output_format_hint: outputFormat }),
      ...(options.userId === undefined ? {} : { user_id: of(options.userId) }),
      ...(options.sessionId === undefined ? {} : { session_id: of(options.sessionId) }),
      ...(options.tags === undefined ? {} : { tags: of(options.tags) }),
      ...(options.environment === undefined ? {} : { environment: of(options.environment) }),
      ...(options.metadata === undefined ? {} : { metadata: of(options.metadata) }),
    }
  }

  async #finish(begun: Begun, end: CallEnd, timings: Timings): Promise<void> {
    const { handle } = begun
    const { usage, usageSource, error, fields } = end
    const final: Partial<LLMRequestLogEntry> = {
      ...fields,
      timings,
      ...(usage === undefined ? {} : { usage }),
      ...(usageSource === undefined ? {} : { usage_source: usageSource }),
    }
    const failure = error ?? { code: end.status, message: 'The request failed.' }
    // Both are under way before anything is awaited: a ledger that is closed next waits for them.
    const logged =
      end.status === 'success'
        ? handle.complete(final)
        : end.status === 'timeout'
          ? handle.timeout({ ...final, ...(error === undefined ? {} : { error }) })
          : handle.fail(failure, final)
    const kept = this.#keepAnswer(begun, end, timings)
    await Promise.all([logged, kept]).catch((reason: unknown) => this.#report(reason))
  }

  /** A whole answer becomes part of the history, where a resent one finds it; a broken one stands beside it. */
  async #keepAnswer(begun: Begun, end: CallEnd, timings: Timings): Promise<void> {
    const answer = end.answer ?? []
    if (this.#options.messages === false || answer.length === 0) return
    const info: LLMInfo = {
      model: this.#start.model,
      request_id: begun.handle.id,
      timings,
      ...(end.usage === undefined ? {} : { usage: counts(end.usage) }),
    }
    if (end.status === 'success') {
      const told = answer.map((message) => ({ ...message, llm_info: info }))
      await this.#append(begun.entry, [...this.#start.history, ...told])
      return
    }
    for (const message of answer) {
      await this.#options.ledger.appendMessage({
        ...message,
        project_id: begun.entry.project_id,
        chat_id: begun.entry.chat_id,
        status: 'error',
        include_in_context: false,
        parent_message_id: begun.ids.at(-1) ?? null,
        llm_info: info,
      })
    }
  }

  async #append(entry: LLMRequestLogEntry, history: readonly HistoryMessage[]): Promise<readonly string[]> {
    if (history.length === 0) return []
    try {
      return await this.#options.ledger.appendMessages(entry.project_id, entry.chat_id, history)
    } catch (error) {
      this.#report(error)
      return []
    }
  }

  /** latency is the last attempt's; the total has earlier attempts and the pauses between them. */
  #timings(now: number): Timings {
    return {
      latency_ms: rounded(now - this.#attemptAt),
      total_duration_ms: rounded(now - this.#startedAt),
      ...(this.#firstTokenAt === undefined
        ? {}
        : { time_to_first_token_ms: rounded(this.#firstTokenAt - this.#attemptAt) }),
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

interface Begun {
  readonly handle: LLMRequestHandle
  readonly entry: LLMRequestLogEntry
  readonly ids: readonly string[]
}

/** Without the provider's own object, which the entry keeps. */
function counts({ provider_usage: _, ...usage }: Usage): Usage {
  return usage
}

function valueFor<T>(value: PerRequest<T>, request: CaptureRequest): T {
  return isFunction(value) ? value(request) : value
}

function isFunction<T>(value: PerRequest<T>): value is (request: CaptureRequest) => T {
  return typeof value === 'function'
}

function rounded(ms: number): number {
  return Math.max(0, Math.round(ms * 100) / 100)
}
