/** Whether a project is there, which a captured call waits for. */
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkedLedger, isThere } from '../../../src/capture/proxy/checked-ledger.js'
import { openProxy, withProjectIds } from '../../../src/capture/proxy/index.js'
import { resolveProxyOptions } from '../../../src/capture/proxy/options.js'
import { Unlogged } from '../../../src/capture/proxy/unlogged.js'
import { openLedger } from '../../../src/index.js'
import { tempFolder } from '../../fixtures/temp-folder.js'
import { openTestLedger } from '../test-ledger.js'
import { ask, CHAT, post } from './proxied.js'

test('a registry of the host is asked', async () => {
  const root = join(tempFolder(), 'tenant-7')
  await using ledger = await openLedger({
    workspace: tempFolder(),
    systemLog: { level: 'silent', file: false, pretty: false },
    projects: {
      resolve: async (id) => (id === 'tenant-7' ? { root } : null),
      list: async () => ['tenant-7'],
    },
  })
  expect(await isThere(ledger, 'tenant-7')).toBe(true)
  expect(await isThere(ledger, 'tenant-8')).toBe(false)
  expect(await isThere(ledger, '../x')).toBe(false)
  const settings = (projectId: string) => resolveProxyOptions({ up: { baseUrl: 'http://a', projectId } })
  expect((await withProjectIds(settings('tenant-7'), ledger)).upstreams.get('up')?.projectId).toBe('tenant-7')
  await expect(withProjectIds(settings('tenant-8'), ledger)).rejects.toMatchObject({
    code: 'PROJECT_NOT_FOUND',
  })
})

test('a call names its project by the slug; one of an unknown project is counted and told', async () => {
  await using opened = await openTestLedger()
  const { ledger } = opened
  const told: unknown[] = []
  const unlogged = new Unlogged({
    countUnlogged: () => told.push('counted'),
    logWarning: async (_message, context) => void told.push(context),
  })
  const checked = checkedLedger(ledger, unlogged)
  const entry = { project_id: 'capture', chat_id: 'c', model: 'm', status: 'pending' } as const
  for (let i = 0; i < 2; i++) await checked.logLLMRequest(entry)
  expect((await opened.entries()).map(({ project_id }) => project_id)).toEqual([
    opened.projectId,
    opened.projectId,
  ])
  const [first] = await checked.appendMessages('capture', 'c', [{ role: 'user', content: 'Hi' }])
  await checked.appendMessages('capture', 'c', [{ role: 'user', content: 'You?' }], { after: String(first) })
  expect(await ledger.readChat(opened.projectId, 'c')).toMatchObject([
    { content: 'Hi' },
    { content: 'You?', parent_message_id: first },
  ])
  expect(told).toEqual([])
  for (const status of ['pending', 'success'] as const) {
    await expect(checked.logLLMRequest({ ...entry, status, project_id: 'later' })).rejects.toThrow()
  }
  expect(told).toEqual(['counted', { project_id: 'later', requests: 1 }])
})

test('a client that goes away meanwhile asks nothing of the upstream', async () => {
  let found = (): void => {}
  const lookUp = new Promise<void>((resolve) => {
    found = resolve
  })
  let connections = 0
  const upstream = createServer((incoming, response) => incoming.resume().on('end', () => response.end('{}')))
  upstream.on('connection', () => {
    connections += 1
  })
  await once(upstream.listen(0, '127.0.0.1'), 'listening')
  const baseUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  await using opened = await openTestLedger()
  const { ledger, projectId } = opened
  const slow = {
    logLLMRequest: ledger.logLLMRequest.bind(ledger),
    appendMessage: ledger.appendMessage.bind(ledger),
    appendMessages: ledger.appendMessages.bind(ledger),
    logError: ledger.logError.bind(ledger),
    logWarning: ledger.logWarning.bind(ledger),
    defer: ledger.defer.bind(ledger),
    getProjectMetrics: ledger.getProjectMetrics.bind(ledger),
    findProject: ledger.findProject.bind(ledger),
    countUnlogged: ledger.countUnlogged.bind(ledger),
    async getProject(id: string) {
      await lookUp
      return ledger.getProject(id)
    },
  }
  const proxy = openProxy(slow, resolveProxyOptions({ up: { baseUrl, projectId } }))
  const server = createServer((incoming, response) => proxy.handle(incoming, response, () => response.end()))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/proxy/up/chat/completions`
  const came = once(server, 'request')
  const { body, ...init } = post(CHAT, { 'x-ledgerline-captured': projectId })
  const outgoing = request(url, { ...init, agent: false })
  outgoing.on('error', () => undefined)
  outgoing.end(body)
  const [, response] = await came
  const gone = once(response, 'close')
  outgoing.destroy()
  await gone
  found()
  await lookUp
  expect((await ask(url, post(CHAT, { 'x-ledgerline-captured': projectId }))).status).toBe(200)
  expect(connections).toBe(1)
  proxy.close()
  server.close()
  upstream.close()
})
