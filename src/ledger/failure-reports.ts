/**
 * Failures on their way to the system log: the first of a kind at once, those that follow within ten seconds as one line
 * with their number. A full disk refuses every call, and a line for each would take the space that is made for them.
 */

/** To the system log; never throws. */
export type Report = (message: string, context: Readonly<Record<string, unknown>>) => void

interface Repeats {
  readonly message: string
  context: Readonly<Record<string, unknown>>
  count: number
}

const WINDOW_MS = 10_000

export class FailureReports {
  readonly #report: Report
  /** Of the kinds that were told within the window. */
  readonly #told = new Map<string, Repeats>()
  #timer: NodeJS.Timeout | undefined

  constructor(report: Report) {
    this.#report = report
  }

  /** Failures with one message and one code are of one kind. */
  tell(message: string, context: Readonly<Record<string, unknown>>): void {
    const { error } = context
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const kind = `${message} ${code}`
    const repeats = this.#told.get(kind)
    if (repeats !== undefined) {
      repeats.count++
      repeats.context = context
      return
    }
    this.#told.set(kind, { message, context, count: 0 })
    this.#report(message, context)
    this.#timer ??= setInterval(() => this.#endWindow(), WINDOW_MS).unref()
  }

  /** Tells what is not told yet. */
  close(): void {
    for (const { message, context, count } of this.#told.values()) {
      if (count > 0) this.#report(message, { ...context, more: count })
    }
    this.#told.clear()
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** The kinds that go on stay told, so that each gives one line a window. */
  #endWindow(): void {
    const goOn = [...this.#told].filter(([, { count }]) => count > 0)
    this.close()
    for (const [kind, { message, context }] of goOn) this.#told.set(kind, { message, context, count: 0 })
    if (goOn.length > 0) this.#timer = setInterval(() => this.#endWindow(), WINDOW_MS).unref()
  }
}
