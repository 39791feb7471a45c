/** A call of the application and its entry: begin, first token, end. */
import type { LLMRequestLogEntry, Timings } from '../entry/entry.js'
import { type Beginning, beginNow, timingsOf } from './beginning.js'
import { beginningFields, failureOf } from './call-entry.js'
import { type Author, CallMessages } from './call-messages.js'
import { turnsOf } from './call-turns.js'
import { type CallEnd, type CallStart, type CaptureOptions, reportCaptureError } from './capture.js'
import { Privacy } from './privacy/privacy.js'
import { withTrace } from './trace/trace.js'

/** The end of a call, and when it came. */
interface Ended extends CallEnd {
  readonly timings: Timings
  /** ISO 8601 UTC with milliseconds. */
  readonly endedAt: string
}

type Counted = Pick<CallEnd, 'usage' | 'usageSource'>

const LOGGING = { onError: 'never', mayWait: true } as const

/**
 * One call of the application, from its first attempt to its end: a pending and a final line with the same id, or the
 * final one alone where the call was over before the pending one was due. Nothing here throws, rejects or makes the
 * caller wait; what goes wrong is reported to the ledger.
 */
export class CapturedCall {
  readonly #options: CaptureOptions
  readonly #start: CallStart
  readonly #privacy: Privacy
  readonly #id: string
  readonly #startedAt: number
  #attemptAt: number
  #firstTokenAt: number | undefined
  /** Undefined when the options could not say what to log. */
  readonly #entry: LLMRequestLogEntry | undefined
  readonly #messages: CallMessages
  #end: Ended | undefined
  /** Its turn: settles when the pending line is written, or the final one of a call that had ended. */
  readonly #begun: Promise<void>
  #isBegun = false
  /** The answer is on its way to the chat. */
  #isAnswered = false
  /** Of the messages that were sent. */
  #sent: readonly string[] = []
  /** Of the line that was logged last. */
  #status: LLMRequestLogEntry['status']
  #logged: Promise<void> | undefined

  /** `beginning` is of a call that began before it is told of. */
  constructor(options: CaptureOptions, start: CallStart, beginning: Beginning = beginNow()) {
    this.#options = options
    this.#start = start
    this.#privacy = new Privacy(options)
    this.#id = beginning.id
    this.#startedAt = beginning.startedAt
    this.#attemptAt = beginning.attemptAt
    this.#entry = this.#describe(beginning)
    this.#messages = new CallMessages(options, this.#privacy, this.#entry, start.history)
    this.#begun = this.#inTurn(() => this.#begin(beginning.after))
  }

  get id(): string {
    return this.#id
  }

  get ended(): boolean {
    return this.#end !== undefined
  }

  /** Settles when the end is logged; undefined before the end. Never rejects. */
  get logged(): Promise<unknown> | undefined {
    return this.#end === undefined ? undefined : this.#logged
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
    if (this.#end !== undefined) return
    const timings = timingsOf(this.#startedAt, this.#attemptAt, this.#firstTokenAt, performance.now())
    // Not when the line is made: what nobody counted is counted before that.
    const ended: Ended = { ...end, timings, endedAt: new Date().toISOString() }
    this.#end = ended
    // Else its turn finds it there.
    this.#logged = this.#isBegun ? this.#inTurn(() => this.#finish(ended)) : this.#begun
  }

  async #begin(after: Promise<unknown> | undefined): Promise<void> {
    if (after !== undefined) await after
    this.#isBegun = true
    const end = this.#end
    if (end !== undefined) return this.#whole(end)
    this.#sent = await this.#messages.keepHistory()
    // Ended meanwhile, it needs no pending line.
    if (this.#end === undefined) await this.#write({})
  }

  /** The messages of a call that had ended before its turn are one look at the chat. */
  async #whole(end: Ended): Promise<void> {
    const kept = this.#keep(end)
    const counted = await this.#counted(end)
    this.#sent = await kept
    await this.#write(this.#final(end, counted))
  }

  async #finish(end: Ended): Promise<void> {
    // Before anything is waited for, so that the answer stands before the question that the caller asks next.
    const kept = this.#keepAnswer(end)
    const counted = await this.#counted(end)
    await this.#begun
    await this.#write(this.#final(end, counted))
    await kept
  }

  /** The process ends: what is known by now, uncounted where it would have to be counted. */
  #leave(): void {
    const end = this.#end
    if (!this.#isBegun) void (end === undefined ? this.#messages.keepHistory() : this.#keep(end))
    else if (end !== undefined && !this.#isAnswered) void this.#keepAnswer(end)
    this.#isBegun = true
    if (end === undefined && this.#status === undefined) void this.#write({})
    if (end === undefined || (this.#status !== undefined && this.#status !== 'pending')) return
    void this.#write(this.#final(end, end.count === undefined ? end : { usageSource: 'none' }))
  }

  #keep(end: Ended): Promise<readonly string[]> {
    this.#isAnswered = true
    return this.#messages.keep(end, this.#author(end))
  }

  #keepAnswer(end: Ended): Promise<void> {
    this.#isAnswered = true
    return this.#messages.keepAnswer(end, this.#author(end))
  }

  async #write(fields: Partial<LLMRequestLogEntry>): Promise<void> {
    if (this.#entry === undefined) return
    try {
      const entry = { ...this.#entry, messages_included: this.#sent, ...fields }
      this.#status = entry.status
      await this.#options.ledger.logLLMRequest(entry, LOGGING)
    } catch (error) {
      this.#report(error)
    }
  }

  #final(end: Ended, { usage, usageSource }: Counted): Partial<LLMRequestLogEntry> {
    const { error, ...fields } = this.#privacy.entry({ ...end.fields, error: end.error })
    return {
      ...fields,
      status: end.status,
      ...(end.status === 'success' ? {} : { error: failureOf(end.status, error) }),
      timings: end.timings,
      timestamp_end: laterOf(end.endedAt, this.#entry?.timestamp_start ?? end.endedAt),
      ...(usage === undefined ? {} : { usage }),
      ...(usageSource === undefined ? {} : { usage_source: usageSource }),
    }
  }

  #describe({ timestamp, trace }: Beginning): LLMRequestLogEntry | undefined {
    try {
      const fields = beginningFields(this.#options, this.#start, this.#id, timestamp)
      const entry = this.#privacy.entry(fields)
      // The ids of a trace are no text of a user: a rule for phone numbers could take digits out of them.
      return trace === undefined ? entry : { ...entry, metadata: withTrace(entry.metadata, trace) }
    } catch (error) {
      this.#report(error)
      return undefined
    }
  }

  #author({ timings }: Ended): Author {
    return { model: this.#start.model, request_id: this.#id, timings }
  }

  /** What nobody counted is counted after the turn in which the caller got the end of its answer. */
  async #counted(end: Ended): Promise<Counted> {
    if (end.count === undefined) return end
    try {
      await new Promise((resolve) => setImmediate(resolve))
      return await end.count()
    } catch (error) {
      this.#report(error)
      return { usageSource: 'none' }
    }
  }

  /** The caller does not wait for the work; the ledger does before it closes. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    return turnsOf(this.#options.ledger).add({ run: work, atExit: () => this.#leave() })
  }

  #report(error: unknown): void {
    reportCaptureError(this.#options, error)
  }
}

/** Of two instants in one form; the clock may have gone back. */
function laterOf(one: string, other: string): string {
  return one < other ? other : one
}
