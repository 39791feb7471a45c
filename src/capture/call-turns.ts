/** The captured calls of a ledger, logged together every few milliseconds: many at once cost each a fraction. */
import { Pace } from '../pace.js'
import { type CaptureOptions, reportCaptureError } from './capture.js'

type TurnLedger = CaptureOptions['ledger']

/** What a call has to log. */
export interface TurnWork {
  run(): Promise<void>
  /** The process ends before that was done: logs what it can at once. */
  atExit(): void
}

interface Turn {
  readonly work: TurnWork
  readonly done: () => void
}

export class CallTurns {
  readonly #ledger: TurnLedger
  readonly #pace = new Pace(() => this.#run())
  #waiting: Turn[] = []
  #over: () => void = () => undefined

  constructor(ledger: TurnLedger) {
    this.#ledger = ledger
  }

  /**
   * Resolves when the work is done, or failed and was reported. It begins in the order of the calls: after a pause as soon
   * as the caller has gone on, else within 10 ms. The ledger waits for it before it closes. Never throws.
   */
  add(work: TurnWork): Promise<void> {
    if (this.#waiting.length === 0) this.#next()
    return new Promise((done) => {
      this.#waiting.push({ work, done })
    })
  }

  #next(): void {
    const over = new Promise<void>((resolve) => {
      this.#over = resolve
    })
    const turns = this.#waiting
    try {
      this.#ledger.defer(over, () => {
        for (const { work } of turns) work.atExit()
      })
    } catch (error) {
      this.#report(error)
    }
    if (!this.#pace.waits()) setImmediate(() => this.#run())
  }

  #run(): void {
    const [turns, over] = [this.#waiting, this.#over]
    this.#waiting = []
    this.#pace.begin()
    const works = turns.map(async ({ work, done }) => {
      try {
        await work.run()
      } catch (error) {
        this.#report(error)
      }
      done()
    })
    void Promise.all(works).then(over)
  }

  #report(error: unknown): void {
    reportCaptureError({ ledger: this.#ledger }, error)
  }
}

const turns = new WeakMap<TurnLedger, CallTurns>()

/** Those that all captures of this ledger share. */
export function turnsOf(ledger: TurnLedger): CallTurns {
  const known = turns.get(ledger)
  if (known !== undefined) return known
  const mine = new CallTurns(ledger)
  turns.set(ledger, mine)
  return mine
}
