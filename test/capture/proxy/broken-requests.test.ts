/** What is no HTTP, sent behind a request whose answer is under way. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { startProxy, startRawUpstream } from './proxied.js'

const BEGUN = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nHello wor'

describe('a request that breaks while an answer is under way gets no answer of ours into it', () => {
  const head = (port: string, more: string): string =>
    `POST /proxy/up/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${more}\r\n\r\n`

  test.each([
    ['its own body is malformed', 'Transfer-Encoding: chunked', '1\r\n{\r\n', 'zz\r\n'],
    ['what follows it is no request', 'Content-Length: 2', '{}', 'nonsense\r\n\r\n'],
  ])('%s', async (_name, header, body, broken) => {
    await using upstream = await startRawUpstream((socket) => socket.write(BEGUN))
    await using proxied = await startProxy(upstream.url)
    const { port } = new URL(proxied.url)
    const client = connect(Number(port), '127.0.0.1')
    client.write(head(port, header) + body)
    let got = ''
    const closing = once(client, 'close')
    client.on('error', () => undefined)
    client.on('data', (bytes: Buffer) => {
      const wasBegun = got.includes('wor')
      got += bytes.toString()
      if (!wasBegun && got.includes('wor')) client.write(broken)
    })
    await closing
    expect(got).toContain('wor')
    expect(got.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200'])
    expect(got).not.toContain('BAD_REQUEST')
  })

  test('nor behind one that came before its request was all there', async () => {
    await using upstream = await startRawUpstream(() => undefined)
    await using proxied = await startProxy(upstream.url)
    const { port } = new URL(proxied.url)
    const client = connect(Number(port), '127.0.0.1')
    client.on('error', () => undefined)
    client.write(head(port, 'Transfer-Encoding: chunked').replace('/up/', '/none/'))
    client.write('2\r\n{}\r\nzz\r\n')
    expect((await text(client)).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404'])
  })

  test('nor before it, when it is the answer to another request', async () => {
    await using upstream = await startRawUpstream(() => undefined)
    await using proxied = await startProxy(upstream.url)
    const { port } = new URL(proxied.url)
    const client = connect(Number(port), '127.0.0.1')
    client.on('error', () => undefined)
    client.write(`${head(port, 'Content-Length: 2')}{}nonsense\r\n\r\n`)
    expect(await text(client)).toBe('')
  })
})
