import { beforeAll, expect, test } from 'vitest'
import { answers } from '../capture/openai-answers.js'
import { brokenStreams } from '../capture/openai-broken-streams.js'
import { describeCapture, type Sdk, type Setup } from '../capture/openai-contract.js'
import { embeddings } from '../capture/openai-embeddings.js'
import { failures } from '../capture/openai-failures.js'
import { host } from '../capture/openai-host.js'
import { streams } from '../capture/openai-streams.js'
import { sendJson, startRawProvider } from '../capture/raw-provider.js'
import { installVersions } from './install.mjs'

beforeAll(installVersions)

for (const version of [5, 7]) {
  // The type check is done with the version of the main tree; here it is only what runs that differs.
  const load = async (): Promise<Sdk> => {
    const sdk: unknown = await import(`openai-${version}`)
    if (isSdk(sdk)) return sdk
    throw new Error(`openai ${version} exports no clients`)
  }
  const isVersion = (setup: Setup): void => {
    test(`what runs is version ${version}`, async () => {
      await using provider = await startRawProvider((_request, response) => sendJson(response, { data: [] }))
      await setup.client({ baseURL: provider.url }).models.list()
      expect(provider.requests[0]?.headers['x-stainless-package-version']).toMatch(
        new RegExp(`^${version}\\.`),
      )
    })
  }
  const groups = [isVersion, answers, embeddings, streams, brokenStreams, failures, host]
  describeCapture(`openai ${version}`, load, groups)
}

function isSdk(sdk: unknown): sdk is Sdk {
  return typeof sdk === 'object' && sdk !== null && 'OpenAI' in sdk && 'AzureOpenAI' in sdk
}
