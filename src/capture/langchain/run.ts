/** One run of a model, from handleChatModelStart to its end. */
import type { EntryError, LLMRequestLogEntry } from '../../entry/entry.js'
import type { CallEnd, CallStart, CaptureOptions } from '../capture.js'
import { countedOf } from '../frameworks/counted.js'
import { FrameworkCall } from '../frameworks/framework-call.js'
import { shortText } from '../frameworks/settings.js'
import { brokenOff, describeThrown, LEFT } from '../frameworks/thrown.js'
import { enterCapture } from '../inside-capture.js'
import { jsonOf } from '../json.js'
import { Answer } from './answer.js'
import { describeRun, type RunStart } from './request.js'

export class Run {
  readonly #call: FrameworkCall
  readonly #ids: Readonly<Record<string, string>>
  readonly #signal: AbortSignal | undefined
  readonly #answer = new Answer()
  #hasBegun = false
  /** Captured clients are silent until the answer begins: until then LangChain may retry. */
  readonly #leave: () => void

  constructor(options: CaptureOptions, start: RunStart) {
    this.#leave = enterCapture(options.ledger)
    const signal = jsonOf(jsonOf(start.extraParams).options).signal
    this.#signal = signal instanceof AbortSignal ? signal : undefined
    this.#ids = {
      run_id: start.runId,
      ...(start.parentRunId === undefined ? {} : { parent_run_id: start.parentRunId }),
    }
    this.#call = new FrameworkCall(options, (): CallStart => describeRun(start))
  }

  token(token: unknown, chunk: unknown): void {
    this.#leave()
    this.#hasBegun = true
    if (this.#answer.token(token, chunk)) this.#call.firstToken()
  }

  end(output: unknown, isCached: boolean): void {
    this.#leave()
    // LangChain's cache answered: no request was made, and none is logged if none was begun.
    if (isCached && this.#call.forget()) return
    this.#call.end((start) => {
      if (isCached) return { status: 'success', usageSource: 'none', fields: { ...this.#ids, cached: true } }
      this.#answer.end(output)
      const { error } = this.#answer
      return this.#describeEnd(start, error === undefined ? 'success' : 'error', error, {})
    })
  }

  failed(thrown: unknown): void {
    this.#leave()
    this.#call.end((start) => {
      const { status, error, httpStatus } = describeThrown(thrown, this.#signal)
      const attempt = jsonOf(thrown).attemptNumber
      return this.#describeEnd(start, status, this.#hasBegun ? brokenOff(error) : error, {
        ...(httpStatus === undefined ? {} : { http_status: httpStatus }),
        ...(typeof attempt === 'number' && Number.isSafeInteger(attempt) && attempt > 0 ? { attempt } : {}),
      })
    })
  }

  /** No token came for long: the application stopped reading. */
  left(): void {
    this.#call.end((start) => this.#describeEnd(start, 'error', LEFT, {}))
  }

  #describeEnd(
    start: CallStart,
    status: CallEnd['status'],
    error: EntryError | undefined,
    fields: Partial<LLMRequestLogEntry>,
  ): CallEnd {
    const answer = this.#answer
    const { cost, ...counted } = countedOf(answer.usage(start.provider), start, answer.text(), error)
    return {
      status,
      error,
      answer: answer.messages(),
      ...counted,
      fields: {
        ...this.#ids,
        ...named('finish_reason', answer.finishReason),
        ...named('response_model', answer.responseModel),
        ...named('response_id', answer.responseId),
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
