/** What the cases of the frameworks share: a provider on a real socket, a real ledger, ledgers that fail. */
import { LLMock } from '@copilotkit/aimock'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { CaptureOptions } from '../../src/capture/capture.js'
import { openTestLedger, type TestLedger } from './test-ledger.js'

export const USAGE = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }

/** The getters are valid inside a test. */
export interface FrameworkSetup {
  readonly mock: LLMock
  readonly test: TestLedger
  /** The test's project and chat. */
  readonly options: Pick<CaptureOptions, 'ledger' | 'projectId' | 'chatId'>
}

/** To be called at the top of a file. */
export function setUp(): FrameworkSetup {
  let mock: LLMock | undefined
  let test: TestLedger | undefined
  beforeAll(async () => {
    mock = new LLMock({ port: 0, logLevel: 'silent', chunkSize: 8 })
    await mock.start()
  })
  afterAll(async () => {
    await mock?.stop()
  })
  beforeEach(async () => {
    mock?.clearFixtures().clearRequests()
    mock?.resetMatchCounts()
    test = await openTestLedger()
  })
  afterEach(async () => {
    await test?.[Symbol.asyncDispose]()
  })
  return {
    get mock() {
      return present(mock)
    },
    get test() {
      return present(test)
    },
    get options() {
      const { ledger, projectId, chatId } = present(test)
      return { ledger, projectId, chatId }
    },
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not inside a test')
  return value
}

const refuse = (): never => {
  throw new Error('the ledger is broken')
}
const reject = async (): Promise<never> => refuse()
const never = (): Promise<never> => new Promise(() => {})

/** No real ledger does these things, so these are made up. */
export const brokenLedgers: readonly (readonly [string, CaptureOptions['ledger']])[] = [
  ['throws at once', brokenLedger(refuse, refuse)],
  ['rejects', brokenLedger(reject, () => {})],
  ['never answers', brokenLedger(never, () => {})],
]

function brokenLedger(answer: () => Promise<never>, defer: () => void): CaptureOptions['ledger'] {
  return {
    logLLMRequest: answer,
    appendMessage: answer,
    appendMessages: answer,
    logError: answer,
    defer,
  }
}
