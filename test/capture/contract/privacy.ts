/** Cases: what is kept of texts and headers, and what never is. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type ContractSetup, USAGE } from './contract.js'

/** Made here, so that no scanner takes this file for a leak. */
const BODY = 'a1B2c3D4e5F6g7H8'.repeat(3)
const SECRET = `sk-proj-${BODY}`

export function privacy(setup: ContractSetup): void {
  const text = 'hello, I am anna@example.org'
  const content = 'Call +14155550132, Anna.'

  describe('what is kept', () => {
    test('hashed: SHA-256 and length in place of each text', async () => {
      setup.mock.onMessage('hello', { content, usage: USAGE })
      for (const stream of [false, true]) await setup.ask({ text, stream }, { content: 'hashed' })
      const hash = (said: string): string =>
        `sha256:${createHash('sha256').update(said).digest('hex')}:${said.length}`
      expect(await setup.test.said()).toEqual([`user: ${hash(text)}`, `assistant: ${hash(content)}`])
      const entries = await setup.test.entries()
      expect(entries.map((entry) => entry.messages_included?.length)).toEqual([1, 1])
      expect(await setup.test.files()).not.toContain('Anna')
    })

    test('none: no message, and the entry counts as ever', async () => {
      setup.mock.onMessage('hello', { content, usage: USAGE })
      await setup.ask({ text }, { content: 'none' })
      expect(await setup.test.said()).toEqual([])
      expect(await setup.test.entry()).toMatchObject({ messages_included: [], usage: USAGE })
    })

    test('headers that are named, and no secret', async () => {
      setup.mock.onMessage('hello', { content, usage: USAGE })
      const headers = { 'X-Request-Id': 'r1', 'x-note': `key ${SECRET}`, 'x-other': 'o', cookie: BODY }
      await setup.ask({ text, headers }, { headers: ['x-request-id', 'X-Note', 'authorization', 'cookie'] })
      expect((await setup.test.entry()).request_headers).toEqual({
        'x-request-id': 'r1',
        'x-note': 'key [REDACTED]',
      })
    })

    test.each([false, true])(
      'texts as the rules leave them, also cut into chunks, stream: %s',
      async (stream) => {
        setup.mock.onMessage('hello', { content: `${content} ${SECRET}`, usage: USAGE })
        const redact = (given: string): string => given.replaceAll('Anna', '[NAME]')
        const answer = await setup.ask(
          { text, stream },
          { personalData: true, redact, metadata: { by: 'Anna', mail: 'anna@example.org' } },
        )
        expect(answer.text).toBe(`${content} ${SECRET}`)
        expect(await setup.test.said()).toEqual([
          'user: hello, I am [EMAIL]',
          'assistant: Call [PHONE], [NAME]. [REDACTED]',
        ])
        expect((await setup.test.entry()).metadata).toEqual({ by: '[NAME]', mail: '[EMAIL]' })
        const files = await setup.test.files()
        for (const gone of ['Anna', 'anna@example.org', '+1415', BODY]) expect(files).not.toContain(gone)
      },
    )

    test('a rule that throws keeps the text out, and the call goes on', async () => {
      setup.mock.onMessage('hello', { content, usage: USAGE })
      const redact = (): never => {
        throw new Error('no')
      }
      expect((await setup.ask({ text }, { redact })).text).toBe(content)
      expect(await setup.test.said()).toEqual(['user: [REDACTION FAILED]', 'assistant: [REDACTION FAILED]'])
    })
  })

  test('a secret is in no file, wherever it came from', async () => {
    setup.mock.onMessage('hello', { content: `Your key is ${SECRET}!`, usage: USAGE })
    setup.mock.onMessage('refuse', { error: { message: `Bad key ${SECRET}`, type: 'auth' }, status: 401 })
    const headers = { 'x-extra': `Bearer ${SECRET}` }
    const query = { api_key: BODY }
    const options = { headers: ['x-extra'], metadata: { apiKey: BODY, note: SECRET }, userId: SECRET }
    await setup.ask({ text: `hello ${SECRET}`, headers, query }, options)
    await setup.ask({ text: `hello ${SECRET}`, stream: true, headers, query }, options)
    await expect(setup.ask({ text: `refuse ${SECRET}`, headers, query }, options)).rejects.toThrow()
    await expect(
      setup.ask({ text: 'hello', headers, query, url: `http://user:${BODY}@127.0.0.1:1` }, options),
    ).rejects.toThrow()
    expect(await setup.test.entries()).toHaveLength(setup.mock.getRequests().length + 1)
    expect(await setup.test.files()).not.toContain(BODY)
  })
}
