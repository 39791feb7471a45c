// A provider on loopback that answers with 2 KB, at once or after `argv[2]` ms, in the wire formats of OpenAI and Anthropic.
// Prints its address.
import { createServer } from 'node:http'

const CHUNKS = 20
const afterMs = Number(process.argv[2] ?? 0)
const text = 'A plain sentence of an answer that is as long as others are, more or less. '
  .repeat(28)
  .slice(0, 2000)
const piece = (at) => text.slice((at * text.length) / CHUNKS, ((at + 1) * text.length) / CHUNKS)
const event = (data, name) => `${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(data)}\n\n`
const openaiUsage = { prompt_tokens: 40, completion_tokens: 400, total_tokens: 440 }

const openaiHead = { id: 'chatcmpl-bench', created: 1, model: 'gpt-4o' }
const OPENAI = {
  whole: JSON.stringify({
    ...openaiHead,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: openaiUsage,
  }),
  stream: [
    ...Array.from({ length: CHUNKS }, (_, at) => chunk([{ index: 0, delta: { content: piece(at) } }])),
    chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
    chunk([], { usage: openaiUsage }),
    'data: [DONE]\n\n',
  ],
}
const message = { id: 'msg_bench', type: 'message', role: 'assistant', model: 'claude-sonnet-4-6' }
const ANTHROPIC = {
  whole: JSON.stringify({
    ...message,
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 40, output_tokens: 400 },
  }),
  stream: [
    named('message_start', {
      message: { ...message, content: [], usage: { input_tokens: 40, output_tokens: 1 } },
    }),
    named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...Array.from({ length: CHUNKS }, (_, at) =>
      named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece(at) } }),
    ),
    named('content_block_stop', { index: 0 }),
    named('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 400 } }),
    named('message_stop', {}),
  ],
}

createServer((request, response) => {
  let body = ''
  request.on('data', (data) => (body += data))
  request.on('end', () => {
    if (afterMs === 0) answer(request, response, JSON.parse(body))
    else setTimeout(answer, afterMs, request, response, JSON.parse(body))
  })
}).listen(0, '127.0.0.1', function listening() {
  process.stdout.write(`http://127.0.0.1:${this.address().port}\n`)
})

function answer({ url }, response, asked) {
  const { whole, stream } = url.endsWith('/messages') ? ANTHROPIC : OPENAI
  if (asked.stream !== true) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(whole)
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const each of stream) response.write(each)
  response.end()
}

function chunk(choices, more = {}) {
  return event({ ...openaiHead, object: 'chat.completion.chunk', choices, ...more })
}

function named(type, data) {
  return event({ type, ...data }, type)
}
