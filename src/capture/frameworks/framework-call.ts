/** A call that a framework makes, and its entry. */
import type { EntryError } from '../../entry/entry.js'
import { type Beginning, beginNow } from '../beginning.js'
import { own } from '../call-entry.js'
import { type CallEnd, type CallStart, type CaptureOptions, reportCaptureError } from '../capture.js'
import { CapturedCall } from '../captured-call.js'

/**
 * The call is told of behind its request: it begins here at once and is described a turn of the event loop later, or
 * when it ends. No method throws; what goes wrong is reported to the ledger.
 */
export class FrameworkCall {
  readonly beginning: Beginning
  readonly #options: CaptureOptions
  readonly #describe: () => CallStart
  #start: CallStart | undefined
  #call: CapturedCall | undefined
  #firstTokenAt: number | undefined
  #isOver = false

  constructor(options: CaptureOptions, describe: () => CallStart, beginning: Beginning = beginNow()) {
    this.#options = options
    this.#describe = describe
    this.beginning = beginning
    setImmediate(() => this.#quietly(() => this.#begun()))
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Settles when the end is logged; undefined before the end. Never rejects. */
  get logged(): Promise<unknown> | undefined {
    return this.#call?.logged
  }

  firstToken(): void {
    this.#firstTokenAt ??= performance.now()
    this.#call?.firstToken(this.#firstTokenAt)
  }

  /** The first end counts. When `describe` throws, the call ends as one that nothing is known of. */
  end(describe: (start: CallStart) => CallEnd): void {
    this.#quietly(() => {
      const call = this.#begun()
      this.#isOver = true
      if (call === undefined || this.#start === undefined || call.ended) return
      try {
        const { usage, fields, ...end } = describe(this.#start)
        // The application has the objects of these too, and the line is made later.
        call.end({ ...end, usage: own(usage), fields: own(fields) })
      } catch (error) {
        call.end({ status: 'error', error: UNREADABLE, usageSource: 'none' })
        reportCaptureError(this.#options, error)
      }
    })
  }

  /** True when nothing was logged yet, and nothing will be. */
  forget(): boolean {
    if (this.#call === undefined) this.#isOver = true
    return this.#call === undefined
  }

  /** Undefined once it is over, so that a call that ended is not begun. */
  #begun(): CapturedCall | undefined {
    if (this.#isOver || this.#call !== undefined) return this.#call
    this.#start = this.#describe()
    this.#call = new CapturedCall(this.#options, this.#start, this.beginning)
    if (this.#firstTokenAt !== undefined) this.#call.firstToken(this.#firstTokenAt)
    return this.#call
  }

  #quietly(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#isOver = true
      reportCaptureError(this.#options, error)
    }
  }
}

const UNREADABLE: EntryError = {
  code: 'unreadable',
  message: 'The capture could not read how the call ended.',
}
