/** What captureOpenAI promises, for any major of the SDK. Real sockets, the real SDK, the real ledger. */
import { LLMock } from '@copilotkit/aimock'
import type { AzureOpenAI, ClientOptions, OpenAI } from 'openai'
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest'
import { captureOpenAI } from '../../src/capture/openai/index.js'
import { openTestLedger, type TestLedger } from './test-ledger.js'

/** What is used of the SDK's module. */
export interface Sdk {
  readonly OpenAI: typeof OpenAI
  readonly AzureOpenAI: typeof AzureOpenAI
}

/** What each group of cases is given. The getters are valid inside a test. */
export interface Setup {
  readonly mock: LLMock
  readonly test: TestLedger
  readonly sdk: Sdk
  /** A client of the mock, not captured. */
  client(options?: Partial<ClientOptions>): OpenAI
  /** The same, captured. */
  captured(options?: Partial<ClientOptions>): OpenAI
}

export function describeCapture(
  name: string,
  load: () => Promise<Sdk>,
  groups: readonly ((setup: Setup) => void)[],
): void {
  describe(name, () => {
    let mock: LLMock | undefined
    let test: TestLedger | undefined
    let sdk: Sdk | undefined

    beforeAll(async () => {
      sdk = await load()
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

    const setup: Setup = {
      get mock() {
        return present(mock)
      },
      get test() {
        return present(test)
      },
      get sdk() {
        return present(sdk)
      },
      client(options = {}) {
        return new setup.sdk.OpenAI({
          apiKey: 'sk-test',
          baseURL: `${setup.mock.url}/v1`,
          maxRetries: 0,
          ...options,
        })
      },
      captured(options = {}) {
        const { ledger, projectId, chatId } = setup.test
        return captureOpenAI(setup.client(options), { ledger, projectId, chatId, provider: 'openai' })
      },
    }
    for (const group of groups) group(setup)
  })
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not inside a test')
  return value
}
