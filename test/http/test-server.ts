/** A server without sockets on a ledger of its own, in a temporary folder. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from '../../src/http/server.js'
import { type Ledger, openLedger } from '../../src/index.js'

/** A body as JSON. */
export type Json = ReturnType<typeof JSON.parse>

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  readonly json: Json
}

export interface Call {
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; a string or bytes as they are. */
  readonly body?: unknown
}

export interface TestServer extends AsyncDisposable {
  readonly ledger: Ledger
  /** The folder around the workspace: nothing may appear beside it. */
  readonly folder: string
  call(request: string, call?: Call): Promise<Answer>
  /** A project, and its id. */
  project(name?: string): Promise<string>
  openapi(): Promise<Record<string, unknown>>
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS'

export async function testServer(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-http-'))
  const ledger = await openLedger({
    workspace: join(folder, 'workspace'),
    systemLog: { level: 'silent', file: false, pretty: false },
  })
  const app = await createServer({ ledger })

  const call = async (request: string, { headers = {}, body }: Call = {}): Promise<Answer> => {
    const [method, url = '/'] = request.split(' ', 2)
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    const contentType = body === undefined ? {} : { 'content-type': 'application/json' }
    const payload = isRaw ? Buffer.from(body) : body === undefined ? undefined : JSON.stringify(body)
    const answer = await app.inject({
      method: method as Method,
      url,
      headers: { ...contentType, ...headers },
      ...(payload === undefined ? {} : { payload }),
    })
    const isJson = String(answer.headers['content-type']).startsWith('application/json')
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.body,
      json: isJson && answer.body !== '' ? answer.json() : undefined,
    }
  }

  return {
    ledger,
    folder,
    call,
    project: async (name = 'Support bot') => (await ledger.createProject({ name })).id,
    openapi: async () => (await call('GET /openapi.json')).json,
    async [Symbol.asyncDispose]() {
      await app.close()
      await ledger.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Every file under a folder, relative to it. */
export async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}
