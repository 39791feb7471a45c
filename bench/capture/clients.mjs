// The SDKs, with and without capture: `open(url, options)` gives `ask(question, streaming)`; without options it is bare.
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { captureAnthropic } from '../../dist/capture/anthropic/index.js'
import { captureFetch } from '../../dist/capture/fetch/index.js'
import { captureOpenAI } from '../../dist/capture/openai/index.js'

const SYSTEM = 'You answer in one paragraph.'

export const CLIENTS = {
  openai: {
    title: 'openai',
    open(url, options) {
      const bare = new OpenAI({ apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 })
      const client = options === undefined ? bare : captureOpenAI(bare, options)
      return (content, stream) => {
        const messages = [
          { role: 'system', content: SYSTEM },
          { role: 'user', content },
        ]
        return read(client.chat.completions.create({ model: 'gpt-4o', messages, stream }), stream)
      }
    },
  },
  anthropic: {
    title: '@anthropic-ai/sdk',
    open(url, options) {
      const bare = new Anthropic({ apiKey: 'k', baseURL: url, maxRetries: 0 })
      const client = options === undefined ? bare : captureAnthropic(bare, options)
      return (content, stream) => {
        const messages = [{ role: 'user', content }]
        const asked = { model: 'claude-sonnet-4-6', max_tokens: 1024, system: SYSTEM, messages, stream }
        return read(client.messages.create(asked), stream)
      }
    },
  },
  fetch: {
    title: 'fetch',
    open(url, options) {
      const call = options === undefined ? fetch : captureFetch(fetch, options)
      return async (content, stream) => {
        const messages = [
          { role: 'system', content: SYSTEM },
          { role: 'user', content },
        ]
        const response = await call(`${url}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: 'Bearer k' },
          body: JSON.stringify({ model: 'gpt-4o', messages, stream }),
        })
        await response.text()
      }
    },
  },
}

async function read(answer, stream) {
  const found = await answer
  if (!stream) return
  for await (const _ of found);
}
