// What a reverse proxy costs that logs nothing: node:http, connections kept open, bodies piped.
import { Agent, createServer, request } from 'node:http'
import { listening } from './listening.mjs'

const { port } = new URL(process.argv[2])
const agent = new Agent({ keepAlive: true, scheduling: 'lifo' })
const server = createServer((incoming, response) => {
  const { method, url, rawHeaders } = incoming
  const outgoing = request(
    { agent, host: '127.0.0.1', port, method, path: url, headers: rawHeaders },
    (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders)
      answer.pipe(response)
    },
  )
  incoming.pipe(outgoing)
})
listening(server)
