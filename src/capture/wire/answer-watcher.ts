/** Reads an answer while it passes to the application, and says how it ended. */
import type { EntryError } from '../../entry/entry.js'
import { isJson, parseJson } from '../json.js'
import { type SseBlock, SseBlocks, sseData } from '../sse.js'
import type { BodyWatcher } from '../watched-response.js'
import type { Arrived } from './arrived.js'
import { hideUsage } from './openai/include-usage.js'

export interface AnswerEvents {
  firstToken(): void
  /** Called once. Without an error the whole answer arrived. */
  ended(error: EntryError | undefined): void
  /** A failure of ours. */
  report(error: unknown): void
  /** True when the application raised its signal or the SDK did for it. */
  aborted(): boolean
}

/** For `text/event-stream`. With `hiding`, what was only sent because we asked for usage is taken out. */
export class StreamWatcher implements BodyWatcher {
  readonly #arrived: Arrived
  readonly #events: AnswerEvents
  readonly #hiding: boolean
  readonly #blocks = new SseBlocks()
  #done = false
  #unreadable = false

  constructor(arrived: Arrived, events: AnswerEvents, hiding: boolean) {
    this.#arrived = arrived
    this.#events = events
    this.#hiding = hiding
  }

  chunk(bytes: Uint8Array): Uint8Array | undefined {
    const kept: Uint8Array[] = []
    for (const block of this.#blocks.push(bytes)) {
      const shown = this.#shown(block)
      if (this.#hiding && shown !== undefined) kept.push(shown)
    }
    return this.#hiding ? joined(kept) : bytes
  }

  end(): Uint8Array | undefined {
    const rest = this.#blocks.rest()
    const shown = rest.bytes.length === 0 ? undefined : this.#shown(rest)
    const whole = this.#done || this.#arrived.complete
    this.#ended(whole ? undefined : interrupted('The stream ended before the answer did.'))
    return this.#hiding ? shown : undefined
  }

  failed(error: unknown): void {
    const whole = this.#done || (this.#arrived.complete && this.#events.aborted())
    this.#ended(whole ? undefined : brokenOff(error, this.#events.aborted()))
  }

  cancelled(): void {
    this.#ended(this.#done || this.#arrived.complete ? undefined : ABORTED)
  }

  #ended(error: EntryError | undefined): void {
    const unreadable = this.#unreadable ? INVALID : undefined
    this.#events.ended(this.#arrived.error ?? (error === undefined ? undefined : (unreadable ?? error)))
  }

  /** The block as it goes on to the application: itself, another one, or none. */
  #shown({ bytes: block, isReadable }: SseBlock): Uint8Array | undefined {
    if (!isReadable) {
      this.#unreadable = true
      return block
    }
    try {
      const data = sseData(block)
      if (data === undefined) return block
      if (data.startsWith('[DONE]')) {
        this.#done = true
        return block
      }
      const event = parseJson(data)
      if (!isJson(event)) {
        this.#unreadable = true
        return block
      }
      if (this.#arrived.event(event)) this.#events.firstToken()
      return this.#hiding ? hideUsage(block, data, event) : block
    } catch (error) {
      this.#events.report(error)
      return block
    }
  }
}

/** For an answer in one piece of JSON. */
export class WholeWatcher implements BodyWatcher {
  readonly #arrived: Arrived
  readonly #events: AnswerEvents
  readonly #chunks: Uint8Array[] = []
  #size = 0

  constructor(arrived: Arrived, events: AnswerEvents) {
    this.#arrived = arrived
    this.#events = events
  }

  chunk(bytes: Uint8Array): Uint8Array {
    this.#size += bytes.length
    if (this.#size <= MAX_WHOLE_BYTES) this.#chunks.push(bytes)
    return bytes
  }

  end(): undefined {
    this.#ended(
      this.#size > MAX_WHOLE_BYTES ? undefined : () => new TextDecoder().decode(joined(this.#chunks)),
    )
  }

  whole(text: string): void {
    this.#ended(text.length > MAX_WHOLE_BYTES ? undefined : () => text)
  }

  /** `text` is undefined of what is larger than any answer we would keep: it arrived, and that is all there is to say. */
  #ended(text: (() => string) | undefined): void {
    try {
      const tooLarge = text === undefined
      const body = tooLarge ? undefined : parseJson(text())
      if (isJson(body)) this.#arrived.whole(body)
      this.#events.ended(isJson(body) || tooLarge ? this.#arrived.error : INVALID)
    } catch (error) {
      this.#events.report(error)
      this.#events.ended(undefined)
    }
  }

  failed(error: unknown): void {
    this.#events.ended(brokenOff(error, this.#events.aborted()))
  }

  cancelled(): void {
    this.#events.ended(ABORTED)
  }
}

const MAX_WHOLE_BYTES = 32 * 1024 * 1024

const ABORTED: EntryError = { code: 'aborted', message: 'The application stopped reading the answer.' }
const TIMEOUT: EntryError = { code: 'timeout', message: 'The time of the application was up.' }
const INVALID: EntryError = { code: 'invalid_response', message: 'The answer is not the JSON it should be.' }

function interrupted(message: string): EntryError {
  return { code: 'stream_interrupted', message }
}

function brokenOff(error: unknown, aborted: boolean): EntryError {
  if (aborted) return isTimeout(error) ? TIMEOUT : ABORTED
  const cause = isJson(error) && error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return interrupted(`${error instanceof Error ? error.message : String(error)}${cause}`)
}

/** What `AbortSignal.timeout` gives as its reason. */
export function isTimeout(reason: unknown): boolean {
  return isJson(reason) && reason.name === 'TimeoutError'
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
}
