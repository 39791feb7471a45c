import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Cli, openCli, outcomeOf, untilPrinted } from './run-cli.js'

let cli: Cli
beforeEach(async () => {
  cli = await openCli()
})
afterEach(() => cli[Symbol.asyncDispose]())

async function started(args: readonly string[] = []) {
  const child = cli.start(['serve', '--port', '0', ...args])
  const done = outcomeOf(child)
  const printed = await untilPrinted(child, /http:\/\/127\.0\.0\.1:\d+[\s\S]*\n/)
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0] ?? ''
  return { child, done, printed, url }
}

test('says where to look, answers, and ends at a signal', async () => {
  const { child, done, printed, url } = await started()
  expect(printed).toMatch(/^Ledgerline listens on http/)
  expect(printed).toContain(join(cli.folder, 'workspace'))
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  const made = await fetch(`${url}/api/projects`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"Support bot"}',
  })
  expect(made.status).toBe(201)
  child.kill('SIGTERM')
  const { code } = await done
  expect(code).toBe(0)
  expect((await cli.json(['projects'])).projects).toMatchObject([{ name: 'Support bot' }])
})

test('what the command line logs meanwhile is in the next answer', async () => {
  const id = await cli.project('Support bot')
  const { child, done, url } = await started()
  const input = '{"chat_id":"c1","model":"m","status":"success","usage":{"total_tokens":5}}'
  expect((await cli.run(['log', '--project', id], { input })).code).toBe(0)
  const stats = await (await fetch(`${url}/api/projects/${id}/stats`)).json()
  expect(stats).toMatchObject({ summary: { total_requests: 1, total_tokens: 5 } })
  const { summary } = await cli.json(['stats', '--project', id])
  expect(summary).toMatchObject({ total_requests: 1, total_tokens: 5 })
  child.kill('SIGINT')
  expect((await done).code).toBe(0)
})

test('--json is one line', async () => {
  const { child, done, printed } = await started(['--json'])
  expect(JSON.parse(printed)).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    workspace: join(cli.folder, 'workspace'),
  })
  child.kill('SIGTERM')
  expect((await done).code).toBe(0)
})

test('--upstreams names a file; what is wrong in it is one line', async () => {
  const file = join(cli.folder, 'upstreams.json')
  await writeFile(file, '{"upstreams":{"up":{"baseUrl":"http://127.0.0.1:1"}}}')
  const { child, done, url } = await started(['--upstreams', file])
  expect((await fetch(`${url}/proxy/up/models`)).status).toBe(502)
  expect((await fetch(`${url}/proxy/other/models`)).status).toBe(404)
  child.kill('SIGTERM')
  expect((await done).code).toBe(0)

  await writeFile(file, '{"upstreams":{"up":{}}}')
  const wrong = await cli.run(['serve', '--port', '0', '--upstreams', file])
  expect([wrong.code, wrong.stdout]).toEqual([2, ''])
  expect(wrong.stderr).toMatch(
    /^ledgerline: upstreams\.up\.baseUrl: is no http or https URL \[INVALID_OPTION\].*\n$/,
  )
  const none = await cli.run(['serve', '--port', '0', '--upstreams', `${file}.none`])
  expect(none.code).toBe(2)
  expect(none.stderr).toMatch(/^ledgerline: --upstreams: the file cannot be read \(ENOENT\)/)
})

test('an unknown project of the upstreams is one line; what then is not logged is told by doctor', async () => {
  await cli.project('Support bot')
  const file = join(cli.folder, 'upstreams.json')
  const write = (up: object) => writeFile(file, JSON.stringify({ upstreams: { up } }))
  await write({ baseUrl: 'http://127.0.0.1:1', projectId: 'suport-bot' })
  const wrong = await cli.run(['serve', '--port', '0', '--upstreams', file])
  expect([wrong.code, wrong.stdout]).toEqual([1, ''])
  expect(wrong.stderr).toMatch(
    /^ledgerline: \S*upstreams\.json: upstreams\.up\.projectId: .*"suport-bot"; did you mean support-bot\? \[PROJECT_NOT_FOUND\].*\n$/,
  )
  await write({ baseUrl: 'http://127.0.0.1:1', projectId: 'support-bot' })
  const { child, done, url } = await started(['--upstreams', file])
  const call = (headers: Record<string, string>) =>
    fetch(`${url}/proxy/up/chat/completions`, {
      method: 'POST',
      headers,
      body: '{"model":"m","messages":[]}',
    })
  await call({})
  for (let i = 0; i < 2; i++) await call({ 'x-ledgerline-project': 'suport-bot' })
  child.kill('SIGTERM')
  expect((await done).code).toBe(0)
  expect(await cli.json(['stats'])).toMatchObject({ summary: { total_requests: 1 } })
  expect((await cli.run(['doctor'])).stdout).toMatch(/^Entries .* the proxy could not log.*: 2$/m)
})

describe('signals', () => {
  /** A request whose body is half sent, and which the server has. */
  async function halfSent(url: string) {
    const { hostname, port } = new URL(url)
    const headers = { 'content-type': 'application/json', 'content-length': 12 }
    const upload = request({ host: hostname, port, method: 'POST', path: '/api/projects', headers })
    upload.on('error', () => undefined)
    upload.write('{"name"')
    await once(upload, 'socket')
    await (await fetch(`${url}/healthz`, { headers: { connection: 'close' } })).text()
    return upload
  }

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'a request under way at %s is answered and kept',
    async (signal) => {
      const { child, done, url } = await started()
      const upload = await halfSent(url)
      child.kill(signal)
      await once(child.stderr, 'data')
      upload.end(':"A"}')
      const [answer] = await once(upload, 'response')
      answer.resume()
      expect(answer.statusCode).toBe(201)
      // Kept alive, the connection would hold up the end until the client lets go of it.
      expect(answer.headers.connection).toBe('close')
      expect((await done).code).toBe(0)
      expect((await cli.json(['projects'])).projects).toMatchObject([{ name: 'A' }])
    },
  )

  test('a second signal ends it at once', async () => {
    const { child, done, url } = await started()
    const upload = await halfSent(url)
    child.kill('SIGINT')
    await once(child.stderr, 'data')
    child.kill('SIGINT')
    expect((await done).code).toBe(130)
    upload.destroy()
  })
})

describe('what cannot be served is one line and exit 1', () => {
  test('a taken port', async () => {
    const { child, done, url } = await started()
    const port = new URL(url).port
    for (const run of [
      { args: ['serve', '--port', port], env: {} },
      { args: ['serve'], env: { LEDGERLINE_PORT: port } },
    ]) {
      const { code, stdout, stderr } = await cli.run(run.args, { env: run.env })
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(/^ledgerline: port \d+ of 127\.0\.0\.1 is taken \[PORT_IN_USE\].*\n$/)
    }
    child.kill('SIGTERM')
    await done
  })

  // Root may write anywhere but below a file and into /proc.
  test.each(['a-file/x', '/proc/ledgerline/x'])(
    'the workspace %s, which cannot be written',
    async (workspace) => {
      await writeFile(join(cli.folder, 'a-file'), '')
      const { code, stdout, stderr } = await cli.run(['serve', '--port', '0', '--workspace', workspace])
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(/^ledgerline: .*\[WORKSPACE_NOT_WRITABLE\].*\n$/)
    },
  )
})
