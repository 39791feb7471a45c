import { AzureOpenAI, OpenAI } from 'openai'
import { answers } from './openai-answers.js'
import { brokenStreams } from './openai-broken-streams.js'
import { describeCapture } from './openai-contract.js'
import { embeddings } from './openai-embeddings.js'
import { failures } from './openai-failures.js'
import { host } from './openai-host.js'
import { streams } from './openai-streams.js'

describeCapture('openai 6', async () => ({ OpenAI, AzureOpenAI }), [
  answers,
  embeddings,
  streams,
  brokenStreams,
  failures,
  host,
])
