// A provider that answers at once: 2 KB of JSON, or a stream of 20 events when asked for one.
import { createServer } from 'node:http'
import { listening } from './listening.mjs'

const usage = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }
const head = { id: 'chatcmpl-1', object: 'chat.completion', created: 1700000000, model: 'gpt-4o-2024-08-06' }
const message = { role: 'assistant', content: 'word '.repeat(350) }
const WHOLE = JSON.stringify({ ...head, choices: [{ index: 0, message, finish_reason: 'stop' }], usage })
const EVENTS = [
  ...Array.from({ length: 20 }, () => ({ ...head, choices: [{ index: 0, delta: { content: 'word ' } }] })),
  { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage },
].map((event) => `data: ${JSON.stringify(event)}\n\n`)

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (bytes) => chunks.push(bytes))
  request.on('end', () => {
    if (!JSON.parse(Buffer.concat(chunks).toString()).stream) {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': WHOLE.length })
        .end(WHOLE)
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const event of EVENTS) response.write(event)
    response.end('data: [DONE]\n\n')
  })
})
listening(server)
