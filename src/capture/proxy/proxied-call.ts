/** A model call that passes through the proxy, and its entry: pending once it was sent, final when it is over. */
import type { IncomingMessage } from 'node:http'
import type { EntryError, LLMRequestLogEntry } from '../../entry/entry.js'
import { redactedCut } from '../../entry/redact.js'
import { beginNow } from '../beginning.js'
import { type CallStart, type CaptureOptions, reportCaptureError } from '../capture.js'
import { CapturedCall } from '../captured-call.js'
import type { BodyWatcher } from '../watched-response.js'
import { endOf } from '../wire/answer-end.js'
import { type AnswerEvents, StreamWatcher, WholeWatcher } from '../wire/answer-watcher.js'
import type { Arrived } from '../wire/arrived.js'
import { describeFailure } from '../wire/failure.js'
import type { Wire } from '../wire/wire.js'
import { ErrorAnswer } from './error-answer.js'
import { type Copy, type CopyReader, copyFor } from './inflated.js'
import type { Onlooker } from './onlooker.js'
import { RequestCopy } from './request-copy.js'
import { readTraceparent } from './traceparent.js'

/** A larger request is passed on all the same; of its content nothing is known then. */
const MAX_READ_BYTES = 16 * 1024 * 1024
const MAX_TEXT = 256

export interface PassingCall {
  readonly options: CaptureOptions
  readonly wire: Wire
  readonly request: IncomingMessage
  readonly baseUrl: string
  /** That the upstream is asked for. */
  readonly path: string
  readonly stallTimeoutMs: number
}

/** How an exchange ended, apart from what the answer says. */
type Ending =
  | { readonly how: 'whole' }
  | { readonly how: 'gone' }
  | { readonly how: 'broken'; readonly error: Error }
  | { readonly how: 'stalled'; readonly error: Error }

export class ProxiedCall implements Onlooker {
  readonly #passing: PassingCall
  readonly #body = new RequestCopy(MAX_READ_BYTES)
  /** The whole request came. */
  #sent = false
  #begun: { readonly start: CallStart; readonly call: CapturedCall } | undefined
  #fields: Partial<LLMRequestLogEntry>
  /** Once the head of the answer came. */
  #copy: Copy | undefined
  #ending: Ending | undefined
  /** It ended while its request was still coming, which says what was asked. */
  #waiting = false

  constructor(passing: PassingCall) {
    this.#passing = passing
    this.#fields = { attempt: attemptOf(passing.request) }
  }

  requestChunk(bytes: Uint8Array): void {
    this.#body.add(bytes)
  }

  requestEnded(): void {
    this.#sent = true
    if (this.#waiting) this.requestClosed()
    // The request leaves first; only then is anything read or logged.
    setImmediate(() => this.#quietly(() => this.#begin()))
  }

  requestClosed(): void {
    if (!this.#waiting) return
    this.#waiting = false
    this.#quietly(() => this.#finish())
  }

  answered(answer: IncomingMessage): void {
    this.#quietly(() => {
      const { headers, statusCode = 0 } = answer
      const requestId = headers['x-request-id'] ?? headers['request-id']
      this.#fields = {
        ...this.#fields,
        // A header may say 999, an entry may not.
        ...(statusCode >= 100 && statusCode <= 599 ? { http_status: statusCode } : {}),
        ...(typeof requestId === 'string' ? { provider_request_id: redactedCut(requestId, MAX_TEXT) } : {}),
      }
      this.#copy = copyFor(headers['content-encoding'], this.#reader(answer))
    })
  }

  answerChunk(bytes: Uint8Array): void {
    this.#quietly(() => this.#copy?.chunk(bytes))
  }

  answerEnded(): void {
    this.#over({ how: 'whole' })
  }

  failed(error: unknown): void {
    this.#over({ how: 'broken', error: error instanceof Error ? error : new Error(String(error)) })
  }

  stalled(): void {
    const error = new Error(`The upstream sent nothing for ${this.#passing.stallTimeoutMs} ms.`)
    this.#over({ how: 'stalled', error })
  }

  clientGone(): void {
    // Before that nothing was asked, so there was no call.
    if (this.#sent || this.#copy !== undefined) this.#over({ how: 'gone' })
  }

  #over(ending: Ending): void {
    this.#ending = ending
    if (this.#sent || ending.how === 'gone') this.#quietly(() => this.#finish())
    else this.#waiting = true
  }

  #finish(): void {
    if (this.#copy === undefined) this.#unanswered(this.#ending)
    else this.#copy.end()
  }

  #unanswered(ending: Ending | undefined): void {
    const { call } = this.#begin()
    const fields = this.#fields
    if (ending?.how === 'stalled') call.end({ status: 'timeout', error: timeout(ending.error), fields })
    else if (ending?.how === 'broken') {
      const { status, error } = describeFailure(ending.error, NOBODY_ABORTED)
      call.end({ status, error, fields })
    } else call.end({ status: 'error', error: GONE, fields })
  }

  #reader({ headers, statusCode = 0 }: IncomingMessage): CopyReader {
    const arrived = this.#passing.wire.arrived()
    const isError = statusCode < 200 || statusCode > 299
    const events: AnswerEvents = {
      firstToken: () => this.#begin().call.firstToken(),
      ended: (error) => this.#ended(arrived, error),
      report: (error) => reportCaptureError(this.#passing.options, error),
      aborted: () => this.#ending?.how === 'gone',
    }
    const watcher = isError ? new ErrorAnswer(statusCode, events) : watcherOf(headers, arrived, events)
    return {
      chunk: (bytes) => this.#quietly(() => watcher.chunk(bytes)),
      end: (unreadable) =>
        this.#quietly(() => {
          if (unreadable && !isError) this.#unread(arrived)
          else this.#readToEnd(watcher)
        }),
    }
  }

  #readToEnd(watcher: BodyWatcher): void {
    const ending: Ending = this.#ending ?? { how: 'whole' }
    if (ending.how === 'whole') watcher.end()
    else if (ending.how === 'gone') watcher.cancelled()
    else watcher.failed(ending.error)
  }

  /** It arrived, and what it says is not known. */
  #unread(arrived: Arrived): void {
    if (this.#ending?.how !== 'whole') this.#ended(arrived, this.#ending?.how === 'gone' ? GONE : INTERRUPTED)
    else {
      const fields = { ...this.#fields, answer_unread: true }
      this.#begin().call.end({ status: 'success', usageSource: 'none', fields })
    }
  }

  #ended(arrived: Arrived, error: EntryError | undefined): void {
    const { start, call } = this.#begin()
    const ending = this.#ending
    const cause = error !== undefined && ending?.how === 'stalled' ? timeout(ending.error) : error
    const end = endOf(this.#passing.wire, start, arrived, cause)
    call.end({ ...end, fields: { ...this.#fields, ...end.fields } })
  }

  #begin(): { readonly start: CallStart; readonly call: CapturedCall } {
    if (this.#begun !== undefined) return this.#begun
    const { options, wire, request, baseUrl, path } = this.#passing
    const encoding = request.headers['content-encoding']
    const read = wire.start(this.#body.take(encoding, path), baseUrl)
    const start = options.headers === undefined ? read : { ...read, headers: headersOf(request) }
    // That of the client, never one of the server itself.
    const beginning = { ...beginNow(), trace: readTraceparent(request.headers.traceparent) }
    this.#begun = { start, call: new CapturedCall(options, start, beginning) }
    return this.#begun
  }

  #quietly(work: () => unknown): void {
    try {
      work()
    } catch (error) {
      reportCaptureError(this.#passing.options, error)
    }
  }
}

function watcherOf(
  headers: IncomingMessage['headers'],
  arrived: Arrived,
  events: AnswerEvents,
): StreamWatcher | WholeWatcher {
  const isStream = headers['content-type']?.includes('text/event-stream') === true
  return isStream ? new StreamWatcher(arrived, events, false) : new WholeWatcher(arrived, events)
}

/** As one list; only those that the options name are kept of it. */
function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  }
  return headers
}

/** The SDKs of OpenAI and Anthropic count their retries in a header. */
function attemptOf({ headers }: IncomingMessage): number {
  const retries = headers['x-stainless-retry-count']
  return typeof retries === 'string' && /^\d{1,3}$/.test(retries) ? Number(retries) + 1 : 1
}

function timeout({ message }: Error): EntryError {
  return { code: 'timeout', message }
}

const NOBODY_ABORTED = { abortedByCaller: false, attemptAborted: false }
const GONE: EntryError = { code: 'aborted', message: 'The client closed the connection.' }
const INTERRUPTED: EntryError = { code: 'stream_interrupted', message: 'The answer broke off.' }
