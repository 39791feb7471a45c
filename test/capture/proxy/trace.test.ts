/** Which trace the entry of a proxied call is in: the one that its client says, and no other. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { inSpan, registerContexts, traceNumber } from '../../fixtures/active-span.js'
import {
  ask,
  CHAT,
  COMPLETION,
  type Proxied,
  post,
  startProxy,
  startUpstream,
  type Upstream,
} from './proxied.js'

let upstream: Upstream
let proxied: Proxied
beforeEach(async () => {
  registerContexts()
  upstream = await startUpstream((request, response) => {
    const status = request.headers['x-fail'] === undefined ? 200 : 500
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(COMPLETION))
  })
  // The server has a trace of its own.
  proxied = await inSpan(traceNumber(9), () => startProxy(upstream.url))
})
afterEach(async () => {
  await proxied[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const { traceId, spanId } = traceNumber(1)
const VALID = `00-${traceId}-${spanId}-01`
const NOTED = { upstream: 'up', trace_id: traceId, parent_span_id: spanId }

test.each([
  ['a call', { traceparent: VALID }, NOTED],
  ['a call that fails', { traceparent: VALID, 'x-fail': '1' }, NOTED],
  ['a call with another trace in another header', { b3: `${traceId}-${spanId}-1` }, { upstream: 'up' }],
  ['a call with a header that is wrong', { traceparent: `${VALID}-more` }, { upstream: 'up' }],
  ['a call without the header', {}, { upstream: 'up' }],
])('%s', async (_name, headers, metadata) => {
  await ask(`${proxied.url}/chat/completions`, post(CHAT, headers))
  expect((await proxied.test.entry()).metadata).toEqual(metadata)
})

test('the header goes on to the upstream as it came', async () => {
  await ask(`${proxied.url}/chat/completions`, post(CHAT, { traceparent: VALID, tracestate: 'a=b' }))
  expect(upstream.requests[0]?.headers).toMatchObject({ traceparent: VALID, tracestate: 'a=b' })
})
