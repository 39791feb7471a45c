/** Each kind of secret in each place of a request of the HTTP API, also of those that are refused. */
import { expect, test } from 'vitest'
import { createServer } from '../../src/http/server.js'
import { oneOfEach } from './kinds.js'
import { entriesWith, MESSAGE, variants } from './places.js'
import { openWatchedLedger } from './watched-ledger.js'

const JSON_HEAD = { 'content-type': 'application/json' }

/** Bodies that are no JSON, or no good one. */
const BAD_BODIES: readonly ((shown: string) => string)[] = [
  (shown) => shown,
  (shown) => `{"${shown}`,
  (shown) => `{"${shown}":1,"${shown}":2}`,
  (shown) => `{"${'a '.repeat(40)}${shown}":1,"${'a '.repeat(40)}${shown}":2}`,
  (shown) => JSON.stringify([shown]),
  (shown) => JSON.stringify(shown),
]

/** Questions that are refused, below a project. */
const QUERIES: readonly ((encoded: string) => string)[] = [
  (encoded) => `/stats?from_date=${encoded}`,
  (encoded) => `/stats?timezone=${encoded}`,
  (encoded) => `/stats?group_by=${encoded}`,
  // Cut behind its beginning.
  (encoded) => `/stats?group_by=${'a'.repeat(50)}+${encoded}`,
  (encoded) => `/stats?${encoded}=1`,
  (encoded) => `/stats?filter.${encoded}=1`,
  (encoded) => `/stats?filter.status=${encoded}`,
  (encoded) => `/llm-requests?limit=${encoded}`,
  (encoded) => `/llm-requests?cursor=${encoded}`,
]

test('no secret is in a file or an answer', async () => {
  const secrets = oneOfEach()
  const watched = await openWatchedLedger()
  const { ledger, projectId } = watched
  const app = await createServer({ ledger })
  const call = async (
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    payload?: string | object,
    headers: Readonly<Record<string, string>> = JSON_HEAD,
  ): Promise<number> => {
    const sent = payload === undefined ? {} : { payload, headers }
    const answer = await app.inject({ method, url, ...sent })
    watched.told(`the answer to ${method}`, answer.body + JSON.stringify(answer.headers))
    return answer.statusCode
  }
  const project = `/api/projects/${projectId}`
  let logged = 0
  let kept = 0
  for (const { kind, shown } of secrets) {
    const encoded = encodeURIComponent(shown)
    const { taken, refused } = entriesWith(shown)
    for (const entry of taken) {
      if ((await call('POST', `${project}/llm-requests`, entry)) === 201) logged += 1
    }
    for (const entry of refused) expect(await call('POST', `${project}/llm-requests`, entry)).toBe(400)
    for (const message of variants(MESSAGE, `${kind}: ${shown}`)) {
      if ((await call('POST', `${project}/chats/c/messages`, message)) === 201) kept += 1
    }
    for (const chat of variants({ name: 'n', id: 'i', forked_from_chat_id: 'f', [shown]: 1 }, shown)) {
      await call('POST', `${project}/chats`, chat)
    }
    await call('POST', `${project}/chats`, { name: `${kind}: ${shown}`.slice(0, 200) })
    for (const made of variants({ name: 'n', default_model: 'm' }, shown)) {
      await call('POST', '/api/projects', made)
    }
    for (const bad of BAD_BODIES) await call('POST', `${project}/llm-requests`, bad(shown))
    for (const headers of [
      { 'content-type': shown },
      { ...JSON_HEAD, 'x-request-id': shown },
      { ...JSON_HEAD, origin: shown },
      { ...JSON_HEAD, host: shown },
    ]) {
      await call('POST', `${project}/llm-requests`, '{}', headers)
    }
    for (const url of [
      `/${encoded}`,
      `/api/projects/${encoded}`,
      `/api/projects/${encoded}/stats`,
      `${project}/chats/${encoded}/stats`,
      `${project}/chats/${encoded}/messages`,
      `${project}/llm-requests/${encoded}`,
      ...QUERIES.map((query) => project + query(encoded)),
    ]) {
      await call('GET', url)
    }
    await call('DELETE', `/api/projects/${encoded}`)
  }
  expect(logged).toBeGreaterThan(secrets.length * 2.9)
  expect(kept).toBeGreaterThan(secrets.length * 2)
  for (const url of [
    `${project}/llm-requests?limit=1000`,
    `${project}/chats`,
    `${project}/chats/c/messages`,
    `${project}/stats?group_by=model`,
    '/api/projects',
  ]) {
    expect(await call('GET', url), url).toBe(200)
  }
  await app.close()
  expect(await watched.leaks(secrets)).toEqual([])
})
