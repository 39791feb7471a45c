/** The proxy as a part of the server: who may call it, what it logs and where, and what never is. */
import { createHash, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createServer, serve } from '../../../src/http/server.js'
import { openLedger } from '../../../src/index.js'
import { tempFolder } from '../../fixtures/temp-folder.js'
import { filesUnder } from '../../http/test-server.js'
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
  upstream = await startUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(COMPLETION))
  })
  proxied = await startProxy(upstream.url)
})
afterEach(async () => {
  await proxied[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

/** What the server says to these bytes. */
async function say(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(proxied.url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(bytes)
  return text(socket)
}

describe('who may call', () => {
  test.each([
    ['a foreign host', { host: 'evil.example' }, 'FORBIDDEN_HOST'],
    ['a page of another origin', { origin: 'http://evil.example' }, 'FORBIDDEN_ORIGIN'],
  ])('not %s', async (_name, headers, code) => {
    const seen = await ask(`${proxied.url}/chat/completions`, post(CHAT, headers))
    expect(seen.status).toBe(403)
    expect(JSON.parse(seen.body.toString())).toMatchObject({ error: code })
    expect(upstream.requests).toEqual([])
  })

  test.each([
    ['an absolute URL', 'GET http://evil.example/proxy/up/x HTTP/1.1', 400],
    ['an absolute URL of this server', 'GET http://127.0.0.1/proxy/up/x HTTP/1.1', 400],
    ['dot segments', 'GET /proxy/up/../../etc/passwd HTTP/1.1', 400],
    ['encoded dot segments', 'GET /proxy/up/%2e%2e/x HTTP/1.1', 400],
    ['an empty segment', 'GET /proxy/up//x HTTP/1.1', 400],
    ['an upstream that is not configured', 'GET /proxy/other/x HTTP/1.1', 404],
    ['a broken escape', 'GET /proxy/up/%zz HTTP/1.1', 400],
  ])('%s is refused', async (_name, line, status) => {
    const host = `Host: 127.0.0.1:${new URL(proxied.url).port}\r\nConnection: close`
    expect(await say(`${line}\r\n${host}\r\n\r\n`)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(upstream.requests).toEqual([])
  })

  test('no tunnel is opened', async () => {
    const target = `127.0.0.1:${upstream.port}`
    expect(await say(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)).not.toMatch(/^HTTP\/1\.1 2/)
    expect(upstream.requests).toEqual([])
  })

  test('a path longer than any id of the API', async () => {
    const path = `/v1/${'x'.repeat(3_000)}`
    expect((await ask(proxied.url + path)).status).toBe(200)
    expect(upstream.requests[0]?.url).toBe(path)
  })
})

describe('what is logged', () => {
  test.each([
    ['another method', '/chat/completions', {}],
    ['another endpoint', '/moderations', post(CHAT)],
    ['a stored completion', '/chat/completions/c1', post(CHAT)],
    ['messages of an assistant', '/v1/threads/t1/messages', post(CHAT)],
  ])('not %s, which passes all the same', async (_name, path, asked) => {
    expect((await ask(proxied.url + path, asked)).status).toBe(200)
    expect(upstream.requests).toHaveLength(1)
    expect(await proxied.test.entries()).toEqual([])
  })

  test('not what a capture in the application logs to the same ledger', async () => {
    const { projectId } = proxied.test
    const logged = post(CHAT, { 'x-ledgerline-captured': projectId })
    expect((await ask(`${proxied.url}/chat/completions`, logged)).status).toBe(200)
    expect(await proxied.test.entries()).toEqual([])
    const elsewhere = post(CHAT, { 'x-ledgerline-captured': 'of-another-ledger' })
    expect((await ask(`${proxied.url}/chat/completions`, elsewhere)).status).toBe(200)
    expect(await proxied.test.entries()).toHaveLength(1)
    expect(upstream.requests.map(({ headers }) => headers['x-ledgerline-captured'])).toEqual([
      undefined,
      undefined,
    ])
  })

  test('a call, with who and what its headers say', async () => {
    const other = await proxied.test.ledger.createProject({ name: 'Other' })
    const headers = {
      'x-ledgerline-project': other.id,
      'x-ledgerline-chat': 'c7',
      'x-ledgerline-user': 'u1',
      'x-ledgerline-session': 's1',
      'x-ledgerline-tags': 'a, b',
    }
    await ask(`${proxied.url}/v1/chat/completions?beta=1`, post(CHAT, headers))
    expect(await proxied.test.entry()).toMatchObject({
      project_id: other.id,
      chat_id: 'c7',
      user_id: 'u1',
      session_id: 's1',
      tags: ['a', 'b'],
      status: 'success',
      http_status: 200,
    })
    expect(Object.keys(upstream.requests[0]?.headers ?? {}).filter((name) => name.startsWith('x-l'))).toEqual(
      [],
    )
  })

  test('a call whose header names the slug', async () => {
    const other = await proxied.test.ledger.createProject({ name: 'Support bot' })
    const headers = { 'x-ledgerline-project': 'support-bot', 'x-ledgerline-chat': 'c7' }
    await ask(`${proxied.url}/chat/completions`, post(CHAT, headers))
    expect(await proxied.test.entry()).toMatchObject({
      project_id: other.id,
      messages_included: [expect.any(String)],
    })
    expect(await proxied.test.ledger.readChat(other.id, 'c7')).toHaveLength(2)
    expect(proxied.test.ledger.integrity()).toMatchObject({ dropped: 0 })
  })

  test.each([
    ['too long', 'm'.repeat(257)],
    ['with control characters', 'gpt\n4o'],
  ])('a call of a model whose name is %s', async (_name, model) => {
    await ask(`${proxied.url}/chat/completions`, post({ ...CHAT, model }))
    expect(await proxied.test.entry()).toMatchObject({ status: 'success', model: 'unknown' })
    expect(await proxied.test.said()).toEqual(['user: hello there', 'assistant: Hi.'])
  })

  test('a call is pending as long as it is', async () => {
    let finish = (): void => {}
    await using slow = await startUpstream((_request, response) => {
      finish = () => response.end(JSON.stringify(COMPLETION))
    })
    await using waiting = await startProxy(slow.url)
    const asked = ask(`${waiting.url}/chat/completions`, post(CHAT))
    const isPending = async () => expect(await waiting.test.entries()).toMatchObject([{ status: 'pending' }])
    await vi.waitFor(isPending, 30_000)
    finish()
    await asked
    expect(await waiting.test.entry()).toMatchObject({ status: 'success' })
  })

  test('nothing where the ledger is closed, and the request passes', async () => {
    await proxied.test.ledger.close()
    expect((await ask(`${proxied.url}/chat/completions`, post(CHAT))).body.toString()).toBe(
      JSON.stringify(COMPLETION),
    )
  })

  test.each([
    ['the endpoints of one API alone', 'anthropic' as const, 0],
    ['those of the other', 'openai' as const, 1],
  ])('%s', async (_name, api, count) => {
    const { projectId } = proxied.test
    const server = await serve({
      ledger: proxied.test.ledger,
      port: 0,
      upstreams: { one: { baseUrl: upstream.url, api, projectId } },
    })
    await ask(`${server.url}/proxy/one/chat/completions`, post(CHAT))
    await server.close()
    expect(await proxied.test.entries()).toHaveLength(count)
  })
})

describe('what cannot be logged passes, is counted, and the system log says so', () => {
  test.each([
    ['an unknown project', { 'x-ledgerline-project': 'nobody' }, 'the project is unknown'],
    [
      'a project that is no id',
      { 'x-ledgerline-project': '../x' },
      'the header x-ledgerline-project holds no id or slug',
    ],
    ['no project', {}, 'no project is named'],
  ])('%s', async (_name, headers, reason) => {
    const workspace = join(tempFolder(), 'workspace')
    const ledger = await openLedger({ workspace, systemLog: { pretty: false } })
    const server = await serve({ ledger, port: 0, upstreams: { up: { baseUrl: upstream.url } } })
    for (let asked = 0; asked < 3; asked += 1) {
      const seen = await ask(`${server.url}/proxy/up/chat/completions`, post(CHAT, headers))
      expect(seen.body.toString()).toBe(JSON.stringify(COMPLETION))
    }
    await server.close()
    await ledger.close()
    const lines = (await readFile(join(workspace, 'logs/system.jsonl'), 'utf8')).trim().split('\n')
    const warnings = lines.map((line) => JSON.parse(line)).filter(({ level }) => level !== 'info')
    // Once, and not for each request.
    expect(warnings.map(({ msg }) => msg)).toEqual([`a proxied request was not logged: ${reason}`])
    expect(ledger.integrity()).toMatchObject({ received: 3, dropped: 3 })
  })
})

test('a key finds its project, and stands in no file and no answer', async () => {
  const key = `sk-proj-${randomBytes(24).toString('hex')}`
  const folder = tempFolder()
  const ledger = await openLedger({
    workspace: join(folder, 'workspace'),
    systemLog: { level: 'trace', pretty: false },
  })
  const { id } = await ledger.createProject({ name: 'Keyed' })
  const server = await serve({
    ledger,
    port: 0,
    upstreams: { up: { baseUrl: upstream.url }, gone: { baseUrl: 'http://127.0.0.1:1' } },
    proxy: {
      keys: [{ sha256: createHash('sha256').update(key).digest('hex'), projectId: id, chatId: 'keyed' }],
    },
  })
  const asked = post(CHAT, { authorization: `Bearer ${key}` })
  const answers = [
    await ask(`${server.url}/proxy/up/chat/completions?key=${key}`, asked),
    await ask(`${server.url}/proxy/gone/chat/completions?key=${key}`, asked),
    await ask(`${server.url}/proxy/gone/../x?key=${key}`, asked),
    await ask(`${server.url}/proxy/${key}/x`, asked),
  ]
  await ledger.flush()
  const { entries } = await ledger.getLLMRequestLogs({ projectId: id })
  expect(entries.map(({ chat_id, status }) => [chat_id, status])).toEqual([
    ['keyed', 'error'],
    ['keyed', 'success'],
  ])
  await server.close()
  await ledger.close()
  expect(upstream.requests[0]?.headers.authorization).toBe(`Bearer ${key}`)
  for (const answer of answers) expect(answer.body.toString()).not.toContain(key)
  const files = await filesUnder(folder)
  expect(files.length).toBeGreaterThan(3)
  for (const file of files) expect((await readFile(join(folder, file))).includes(key), file).toBe(false)
})

describe('a file of upstreams', () => {
  const settings = () => ({
    upstreams: { filed: { baseUrl: upstream.url, projectId: proxied.test.projectId } },
    proxy: { content: 'none' },
  })
  const file = async (content: unknown): Promise<string> => {
    const path = join(tempFolder(), 'upstreams.json')
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
    return path
  }

  test.each(['option', 'variable'])('by the %s', async (by) => {
    const path = await file(settings())
    if (by === 'variable') vi.stubEnv('LEDGERLINE_UPSTREAMS', path)
    const { ledger } = proxied.test
    const server = await serve({ ledger, port: 0, ...(by === 'option' ? { upstreamsFile: path } : {}) })
    vi.unstubAllEnvs()
    expect((await ask(`${server.url}/proxy/filed/chat/completions`, post(CHAT))).status).toBe(200)
    await server.close()
    expect(await proxied.test.entry()).toMatchObject({ chat_id: 'proxy', messages_included: [] })
  })

  test.each([
    ['is no JSON', 'sk-secret', 'upstreamsFile'],
    ['holds something else', { upstream: {} }, 'upstreamsFile.upstream'],
    ['holds no upstreams', {}, 'upstreams'],
    ['holds a wrong one', { upstreams: { a: { baseUrl: 'x' } } }, 'upstreams.a.baseUrl'],
  ])('that %s is refused', async (_name, content, field) => {
    const opening = serve({ ledger: proxied.test.ledger, port: 0, upstreamsFile: await file(content) })
    const error: unknown = await opening.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'INVALID_OPTION', problems: [{ field }] })
    expect(String(error)).not.toContain('sk-secret')
  })

  test('names projects by their slugs, of upstreams and of keys', async () => {
    const { ledger } = proxied.test
    const other = await ledger.createProject({ name: 'Keyed' })
    const sha256 = createHash('sha256').update('key-1').digest('hex')
    const path = await file({
      upstreams: { filed: { baseUrl: upstream.url, projectId: 'capture' } },
      proxy: { keys: [{ sha256, projectId: 'keyed' }] },
    })
    const server = await serve({ ledger, port: 0, upstreamsFile: path })
    await ask(`${server.url}/proxy/filed/chat/completions`, post(CHAT))
    await ask(`${server.url}/proxy/filed/chat/completions`, post(CHAT, { 'x-api-key': 'key-1' }))
    await server.close()
    const projects = (await proxied.test.entries()).map(({ project_id }) => project_id)
    expect(projects).toEqual([proxied.test.projectId, other.id])
  })

  test.each([
    [
      'an upstream',
      { upstreams: { filed: { baseUrl: 'http://a', projectId: 'captur' } } },
      'upstreams.filed.projectId: no project has the id or slug "captur"; did you mean capture?',
    ],
    [
      'a key',
      { upstreams: {}, proxy: { keys: [{ sha256: 'a'.repeat(64), projectId: 'Capture' }] } },
      'proxy.keys[0].projectId: no project has the id or slug "Capture"; did you mean capture?',
    ],
  ])('that names an unknown project for %s is refused', async (_name, content, message) => {
    const path = await file(content)
    const { ledger } = proxied.test
    await expect(serve({ ledger, port: 0, upstreamsFile: path })).rejects.toMatchObject({
      code: 'PROJECT_NOT_FOUND',
      message: `${path}: ${message}`,
      path,
    })
    const { upstreams, proxy } = { proxy: {}, ...content }
    await expect(createServer({ ledger, upstreams, proxy })).rejects.toMatchObject({ message })
  })

  test('that is not there is refused', async () => {
    const upstreamsFile = join(tempFolder(), 'none.json')
    await expect(serve({ ledger: proxied.test.ledger, port: 0, upstreamsFile })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('ENOENT'),
    })
  })
})

test('without upstreams there is no proxy', async () => {
  const server = await serve({ ledger: proxied.test.ledger, port: 0 })
  expect((await ask(`${server.url}/proxy/openai/models`)).status).toBe(404)
  await server.close()
})
