/** Each kind of secret in each place of a request that passes through the proxy, and of its answer. */
import { expect, test } from 'vitest'
import { serve } from '../../src/http/server.js'
import { type Ask, ask, CHAT, post, startUpstream } from '../capture/proxy/proxied.js'
import { oneOfEach, type Secret } from './kinds.js'
import { ANSWERS } from './upstream-answers.js'
import { openWatchedLedger, type WatchedLedger } from './watched-ledger.js'

/** What the upstream is to answer; it goes on as any header does. */
const WANTED = 'x-wanted'

const KEPT_HEADERS = ['x-note', 'x-kind', 'authorization', 'x-api-key', 'cookie']

function headersOf({ kind, shown }: Secret): Record<string, string> {
  return {
    'x-kind': kind,
    authorization: `Bearer ${shown}`,
    'x-api-key': shown,
    cookie: `session=${shown}`,
    'x-note': `see ${shown} there`,
    'x-ledgerline-user': shown,
    'x-ledgerline-session': shown,
    'x-ledgerline-tags': `a,${shown}`,
    'x-ledgerline-chat': shown,
    'x-stainless-retry-count': shown,
    'x-request-id': shown,
  }
}

function bodyOf({ kind, shown }: Secret): object {
  const text = `${kind}: ${shown} there`
  const made = { name: shown, arguments: JSON.stringify({ text }) }
  return {
    model: shown,
    user: shown,
    metadata: { note: shown },
    service_tier: shown,
    system: text,
    instructions: text,
    input: text,
    messages: [
      { role: 'system', content: text },
      { role: 'user', content: [{ type: 'text', text }] },
      { role: 'assistant', content: null, tool_calls: [{ id: shown, type: 'function', function: made }] },
      { role: 'tool', tool_call_id: shown, content: text },
    ],
    tools: [{ type: 'function', function: { name: 'look_up', description: text } }],
  }
}

/** One request of each API says all that one can say; of the others the answers matter. */
function isFirst(wanted: string, path: string): boolean {
  return wanted === Object.keys(ANSWERS).find((name) => ANSWERS[name]?.path === path)
}

const queryOf = ({ shown }: Secret): string => `?key=${encodeURIComponent(shown)}&note=${encodeURI(shown)}`

/** All that a client sees; a long text is compared faster than its bytes. */
async function answerOf(url: string, asked: Ask): Promise<object> {
  try {
    const seen = await ask(url, asked)
    return { ...seen, body: seen.body.toString('latin1') }
  } catch {
    return { isBrokenOff: true }
  }
}

/** Requests at once. */
const AT_ONCE = 50

async function inTurns(work: readonly (() => Promise<void>)[]): Promise<void> {
  for (let from = 0; from < work.length; from += AT_ONCE) {
    await Promise.all(work.slice(from, from + AT_ONCE).map((one) => one()))
  }
}

async function startServer(watched: WatchedLedger, baseUrls: readonly string[]) {
  const { ledger, projectId } = watched
  const upstreams = baseUrls.map((baseUrl, at) => [`u${at}`, { baseUrl, projectId }] as const)
  return serve({
    ledger,
    host: '127.0.0.1',
    port: 0,
    upstreams: Object.fromEntries(upstreams),
    proxy: { headers: KEPT_HEADERS },
  })
}

test('what passes is unchanged, and no secret is in a file', async () => {
  const secrets = oneOfEach()
  const bySecret = new Map(secrets.map((secret) => [secret.kind, secret]))
  const received = new Map<string, unknown>()
  await using upstream = await startUpstream(async ({ url, headers, body }, response) => {
    const wanted = String(headers[WANTED])
    const secret = bySecret.get(String(headers['x-kind']))
    received.set(`${secret?.kind} ${wanted}`, { url, note: headers['x-note'], body: body.toString() })
    await ANSWERS[wanted]?.send(response, secret?.shown ?? '')
  })
  const watched = await openWatchedLedger()
  const server = await startServer(watched, [upstream.url])
  const calls = secrets.flatMap((secret) =>
    Object.entries(ANSWERS).map(([wanted, { path }]) => async () => {
      const url = path + queryOf(secret)
      const asked = isFirst(wanted, path)
        ? post(bodyOf(secret), { ...headersOf(secret), [WANTED]: wanted })
        : post(CHAT, { 'x-kind': secret.kind, [WANTED]: wanted })
      const answer = await answerOf(`${server.url}/proxy/u0${url}`, asked)
      expect(received.get(`${secret.kind} ${wanted}`)).toEqual({
        url,
        note: asked.headers?.['x-note'],
        body: asked.body,
      })
      // One of them is compared whole; bytes.test.ts of the proxy says more.
      if (secret === secrets[0]) expect(await answerOf(upstream.url + url, asked)).toEqual(answer)
    }),
  )
  await inTurns(calls)
  await server.close()
  const { summary } = await watched.ledger.getStats({ type: 'global' })
  expect(summary.totalRequests).toBe(calls.length)
  const messages = await watched.ledger.readChat(watched.projectId, 'proxy')
  expect(messages.length).toBeGreaterThan(secrets.length * 8)
  expect(await watched.leaks(secrets)).toEqual([])
})

/** Where no answer comes from an upstream, the server's own is given. */
test('what cannot be passed on is refused without repeating it', async () => {
  const secrets = oneOfEach()
  const watched = await openWatchedLedger()
  // Gateways take keys in their paths.
  const server = await startServer(
    watched,
    secrets.map(({ shown }) => `http://127.0.0.1:1/${encodeURIComponent(shown)}/v1`),
  )
  await inTurns(
    secrets.flatMap((secret, at) => {
      const { kind, shown } = secret
      const url = `/chat/completions${queryOf(secret)}`
      const headers = headersOf(secret)
      const encoded = encodeURIComponent(shown)
      const asked: [string, Record<string, string>][] = [
        [`u${at}${url}`, headers],
        [`u${at}${url}`, { ...headers, 'x-ledgerline-project': shown }],
        [`u${at}${url}`, { ...headers, 'x-ledgerline-captured': shown }],
        [`u${at}/../${encoded}${url}`, headers],
        [`${encoded}${url}`, headers],
      ]
      return asked.map(([path, sent]) => async () => {
        const { status, body, headers } = await ask(`${server.url}/proxy/${path}`, post(bodyOf(secret), sent))
        expect(status, kind).toBeGreaterThanOrEqual(400)
        watched.told('an answer', body.toString() + headers.join('\n'))
      })
    }),
  )
  await server.close()
  const { summary } = await watched.ledger.getStats({ type: 'global' })
  expect(summary.failedRequests).toBeGreaterThanOrEqual(secrets.length)
  expect(await watched.leaks(secrets)).toEqual([])
})
