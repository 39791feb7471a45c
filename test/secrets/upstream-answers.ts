/** What an upstream answers with a secret in it, in each way that it can. */
import type { ServerResponse } from 'node:http'
import { USAGE } from '../capture/proxy/proxied.js'

export interface Answer {
  readonly path: string
  /** Sends the answer to the end, or breaks it off. */
  send(response: ServerResponse, shown: string): Promise<void> | void
}

const CHAT_PATH = '/v1/chat/completions'
const JSON_HEAD = { 'content-type': 'application/json' }
const STREAM_HEAD = { 'content-type': 'text/event-stream' }

const call = (text: string) => ({
  id: 'call-1',
  type: 'function',
  function: { name: 'look_up', arguments: JSON.stringify({ text }) },
})

function sendJson(response: ServerResponse, body: unknown, shown: string, status = 200): void {
  response.writeHead(status, { ...JSON_HEAD, 'x-request-id': shown }).end(JSON.stringify(body))
}

/** Each piece arrives by itself. */
async function sendPieces(response: ServerResponse, pieces: readonly (string | Uint8Array)[]): Promise<void> {
  response.writeHead(200, STREAM_HEAD)
  for (const piece of pieces) {
    await new Promise((resolve) => response.write(piece, resolve))
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** An event of a stream. */
function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`
}

function chunkOf(delta: object, finish: string | null = null): string {
  const head = { id: 'chatcmpl-1', model: 'gpt-4o', choices: [{ index: 0, delta, finish_reason: finish }] }
  // Without usage the tokens would be counted, which takes longer than all else.
  return event(finish === null ? head : { ...head, usage: USAGE })
}

const chatEvents = (texts: readonly string[]): string[] => [
  ...texts.map((content) => chunkOf({ content })),
  chunkOf({}, 'stop'),
  'data: [DONE]\n\n',
]

function halves(text: string): [string, string] {
  const middle = text.length >> 1
  return [text.slice(0, middle), text.slice(middle)]
}

export const ANSWERS: Readonly<Record<string, Answer>> = {
  whole: {
    path: CHAT_PATH,
    send(response, shown) {
      const message = { role: 'assistant', content: `It is ${shown}.`, tool_calls: [call(shown)] }
      const choices = [{ index: 0, message, finish_reason: shown }]
      sendJson(response, { id: shown, model: shown, choices, usage: { ...USAGE, note: shown } }, shown)
    },
  },
  'whole, past what a field holds': {
    path: CHAT_PATH,
    send(response, shown) {
      const long = `${'a '.repeat(120)}${shown}`
      const choices = [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: long }]
      sendJson(response, { id: long, model: long, choices, usage: USAGE }, shown)
    },
  },
  'a stream of single characters': {
    path: CHAT_PATH,
    async send(response, shown) {
      await sendPieces(response, [chatEvents([...`It is ${shown}.`]).join('')])
      response.end()
    },
  },
  'a stream of two halves, each in two packets': {
    path: CHAT_PATH,
    async send(response, shown) {
      const events = chatEvents([...halves(`It is ${shown}.`), ` Or ${shown}?`])
      await sendPieces(response, events.flatMap(halves))
      response.end()
    },
  },
  'a stream of the arguments of a tool': {
    path: CHAT_PATH,
    async send(response, shown) {
      const { function: made, ...head } = call(shown)
      const pieces = [...made.arguments].map((piece) => ({ arguments: piece }))
      const calls = [{ name: made.name }, ...pieces].map((made) => ({ index: 0, ...head, function: made }))
      const events = calls.map((made) => chunkOf({ tool_calls: [made] }))
      await sendPieces(response, [events.join(''), chunkOf({}, 'tool_calls')])
      response.end()
    },
  },
  'a stream that breaks off behind it': {
    path: CHAT_PATH,
    async send(response, shown) {
      await sendPieces(response, chatEvents(halves(`It is ${shown}`)).slice(0, 2))
      response.destroy()
    },
  },
  'a stream with an error in it': {
    path: CHAT_PATH,
    async send(response, shown) {
      const error = { message: `Bad ${shown}`, type: shown, code: shown }
      await sendPieces(response, [chunkOf({ content: 'It' }), event({ error })])
      response.end()
    },
  },
  'a stream of the responses API': {
    path: '/v1/responses',
    async send(response, shown) {
      const text = `It is ${shown}.`
      const head = { id: shown, model: shown }
      await sendPieces(response, [
        event({ type: 'response.created', response: { ...head, status: 'in_progress' } }),
        ...halves(text).map((delta) => event({ type: 'response.output_text.delta', delta })),
        event({
          type: 'response.completed',
          response: {
            ...head,
            status: 'completed',
            output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }],
            usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
          },
        }),
      ])
      response.end()
    },
  },
  "a stream of Anthropic's messages": {
    path: '/v1/messages',
    async send(response, shown) {
      const usage = { input_tokens: 3, output_tokens: 1 }
      const message = { id: shown, type: 'message', role: 'assistant', model: shown, content: [], usage }
      const block = (index: number, content_block: object) =>
        event({ type: 'content_block_start', index, content_block })
      const delta = (index: number, delta: object) => event({ type: 'content_block_delta', index, delta })
      await sendPieces(response, [
        event({ type: 'message_start', message }),
        block(0, { type: 'text', text: '' }),
        [...`It is ${shown}.`].map((text) => delta(0, { type: 'text_delta', text })).join(''),
        block(1, { type: 'tool_use', id: 't', name: 'look_up', input: {} }),
        ...halves(JSON.stringify({ text: shown })).map((partial_json) =>
          delta(1, { type: 'input_json_delta', partial_json }),
        ),
        event({ type: 'message_delta', delta: { stop_reason: shown }, usage }),
        event({ type: 'message_stop' }),
      ])
      response.end()
    },
  },
  'an error': {
    path: CHAT_PATH,
    send(response, shown) {
      sendJson(response, { error: { message: `Incorrect key: ${shown}`, type: shown } }, shown, 401)
    },
  },
  'an error with a code': {
    path: CHAT_PATH,
    send(response, shown) {
      sendJson(response, { error: { message: `Incorrect key: ${shown}`, code: shown } }, shown, 401)
    },
  },
  'an error that is a text': {
    path: CHAT_PATH,
    send: (response, shown) => sendJson(response, { error: `Incorrect key: ${shown}` }, shown, 500),
  },
  'an error that is no JSON': {
    path: CHAT_PATH,
    send(response, shown) {
      response.writeHead(502, { 'content-type': 'text/html' }).end(`<p>${shown}</p>`)
    },
  },
  'no JSON': {
    path: CHAT_PATH,
    send: (response, shown) => void response.writeHead(200, JSON_HEAD).end(`{"${shown}`),
  },
}
