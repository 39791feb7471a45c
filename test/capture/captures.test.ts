/** The contract of all captures, for each of them. */
import { captureAnthropic } from '../../src/capture/anthropic/index.js'
import { captureFetch } from '../../src/capture/fetch/index.js'
import { captureOpenAI } from '../../src/capture/openai/index.js'
import { answers } from './contract/answers.js'
import { badDays } from './contract/bad-days.js'
import { type CaptureUnderTest, describeContract } from './contract/contract.js'
import { host } from './contract/host.js'
import { privacy } from './contract/privacy.js'
import { anthropicClient, askAnthropic, messageErrorEvent, messageEvents } from './under-test/anthropic.js'
import { askOpenAI, chatErrorEvent, chatEvents, openAIClient } from './under-test/openai.js'
import { askByFetch } from './under-test/raw-fetch.js'

const openai = {
  finish: { stop: 'stop', tool: 'tool_calls' },
  events: chatEvents,
  errorEvent: chatErrorEvent,
}
const anthropic = {
  finish: { stop: 'end_turn', tool: 'tool_use' },
  events: messageEvents,
  errorEvent: messageErrorEvent,
}
const sdk = { entryPer: 'call', retries: true, tellsTimeouts: true, usageInStreams: true } as const
const below = { entryPer: 'request', retries: true, tellsTimeouts: false } as const

const CAPTURES: readonly CaptureUnderTest[] = [
  {
    ...openai,
    ...sdk,
    name: 'captureOpenAI',
    ask(ask, url, options) {
      const client = openAIClient(ask, url)
      return askOpenAI(options === undefined ? client : captureOpenAI(client, options), ask)
    },
  },
  {
    ...anthropic,
    ...sdk,
    name: 'captureAnthropic',
    ask(ask, url, options) {
      const client = anthropicClient(ask, url)
      return askAnthropic(options === undefined ? client : captureAnthropic(client, options), ask)
    },
  },
  {
    ...openai,
    ...below,
    usageInStreams: false,
    name: "captureFetch below OpenAI's SDK",
    ask(ask, url, options) {
      return askOpenAI(openAIClient(ask, url, options && captureFetch(fetch, options)), ask)
    },
  },
  {
    ...openai,
    ...below,
    usageInStreams: true,
    name: "captureFetch below OpenAI's SDK, asking for usage",
    ask(ask, url, options) {
      const captured = options && captureFetch(fetch, { ...options, askForUsage: true })
      return askOpenAI(openAIClient(ask, url, captured), ask)
    },
  },
  {
    ...anthropic,
    ...below,
    usageInStreams: true,
    name: "captureFetch below Anthropic's SDK",
    ask(ask, url, options) {
      return askAnthropic(anthropicClient(ask, url, options && captureFetch(fetch, options)), ask)
    },
  },
  {
    ...openai,
    ...below,
    retries: false,
    tellsTimeouts: true,
    usageInStreams: false,
    name: 'captureFetch without an SDK',
    ask(ask, url, options) {
      return askByFetch(options === undefined ? fetch : captureFetch(fetch, options), url, ask)
    },
  },
]

for (const capture of CAPTURES) describeContract(capture, [answers, badDays, privacy, host])
