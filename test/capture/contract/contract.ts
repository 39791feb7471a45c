/**
 * What every capture promises, whatever it sits in: the cases beside this file, run with a real SDK over real sockets
 * against a provider that counts its requests.
 */
import { LLMock } from '@copilotkit/aimock'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest'
import type { CaptureOptions } from '../../../src/capture/capture.js'
import { openTestLedger, type TestLedger } from '../test-ledger.js'

/** `usage_source` of what no provider counted: exact where the model's encoding is published. */
export const COUNTED_HERE: unknown = expect.stringMatching(/^(?:tokenizer|heuristic)$/)

/** One question to the model, as every SDK can ask it. */
export interface Ask {
  readonly text: string
  readonly system?: string
  readonly stream?: boolean
  /** Offers the tool `weather`. */
  readonly tools?: boolean
  readonly signal?: AbortSignal
  readonly maxRetries?: number
  /** ms */
  readonly timeout?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  /** Where it goes instead of the mock. */
  readonly url?: string
  /** Told of each piece of text of a stream that was read: how many there are now. */
  readonly onPiece?: (pieces: number) => void
  /** Reads no further than this many pieces of text of a stream. */
  readonly leaveAfter?: number
}

export interface Answer {
  readonly text: string
  readonly toolCalls: number
}

/** What a capture under test can do. */
export interface CaptureUnderTest {
  readonly name: string
  /** How the SDK's answers are named in the entry. */
  readonly finish: { readonly stop: string; readonly tool: string }
  /**
   * `call` where all attempts of the SDK are one entry, `request` where each HTTP request is: a wrapped fetch does not
   * see what the SDK decides.
   */
  readonly entryPer: 'call' | 'request'
  /** False where a stream carries its usage only when asked, and this capture does not ask. */
  readonly usageInStreams: boolean
  /** False where an SDK's timer looks like any other abort: there is only a signal to be seen. */
  readonly tellsTimeouts: boolean
  /** False where nobody retries. */
  readonly retries: boolean
  /** The provider's own events of an answer with these pieces of text, without its end. */
  events(pieces: readonly string[]): string
  /** An event that tells of an error, as the provider sends it in the middle of a stream. */
  errorEvent(code: string, message: string): string
  /** Asks with a client that is captured by these options; of `undefined`, one that is not. */
  ask(ask: Ask, url: string, options: CaptureOptions | undefined): Promise<Answer>
}

/** What aimock reports for each answer that a test does not say otherwise of. */
export const USAGE = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }

export interface ContractSetup {
  readonly mock: LLMock
  readonly test: TestLedger
  readonly capture: CaptureUnderTest
  /** Asks with a captured client that logs to the ledger of the test. */
  ask(ask: Ask, options?: Partial<CaptureOptions>): Promise<Answer>
  /** Not captured. */
  askPlainly(ask: Ask): Promise<Answer>
}

export function describeContract(
  capture: CaptureUnderTest,
  groups: readonly ((setup: ContractSetup) => void)[],
): void {
  describe(capture.name, () => {
    let mock: LLMock | undefined
    let test: TestLedger | undefined

    beforeAll(async () => {
      mock = new LLMock({ port: 0, logLevel: 'silent', chunkSize: 6 })
      await mock.start()
    })
    afterAll(async () => {
      await mock?.stop()
    })
    beforeEach(async () => {
      mock?.clearFixtures().clearRequests()
      mock?.clearChaos()
      mock?.resetMatchCounts()
      test = await openTestLedger()
    })
    afterEach(async () => {
      await test?.[Symbol.asyncDispose]()
    })

    const setup: ContractSetup = {
      capture,
      get mock() {
        return present(mock)
      },
      get test() {
        return present(test)
      },
      ask(ask, options = {}) {
        const { ledger, projectId, chatId } = setup.test
        return capture.ask(ask, ask.url ?? setup.mock.url, { ledger, projectId, chatId, ...options })
      },
      askPlainly: (ask) => capture.ask(ask, ask.url ?? setup.mock.url, undefined),
    }
    for (const group of groups) group(setup)
  })
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not inside a test')
  return value
}
