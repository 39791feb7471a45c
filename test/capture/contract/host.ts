/** Cases: what the application must not notice. */
import { describe, expect, test } from 'vitest'
import { type ContractSetup, USAGE } from './contract.js'

export function host(setup: ContractSetup): void {
  const text = 'hello there'

  describe('the ledger fails and the application gets its answer', () => {
    const refuse = (): never => {
      throw new Error('the ledger is broken')
    }
    const reject = async (): Promise<never> => refuse()
    const never = (): Promise<never> => new Promise(() => {})
    const ledgerOf = (work: () => Promise<never>, defer: () => void) => ({
      logLLMRequest: work,
      appendMessage: work,
      appendMessages: work,
      logError: work,
      defer,
    })

    test.each([
      ['throws at once', ledgerOf(refuse, refuse)],
      ['rejects', ledgerOf(reject, () => {})],
      ['never answers', ledgerOf(never, () => {})],
    ])('it %s', async (_name, ledger) => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
      setup.mock.onMessage('refuse', { error: { message: 'No' }, status: 400 })
      expect((await setup.ask({ text }, { ledger })).text).toBe('Hi.')
      expect((await setup.ask({ text, stream: true }, { ledger })).text).toBe('Hi.')
      await expect(setup.ask({ text: 'refuse' }, { ledger })).rejects.toThrow('400')
    })

    test('it is closed', async () => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
      await setup.test.ledger.close()
      expect((await setup.ask({ text })).text).toBe('Hi.')
    })

    test.each([
      ['the project is unknown', { projectId: 'nobody' }],
      ['the chat id is no id', { chatId: '../x' }],
      ['the function that finds the chat throws', { chatId: refuse }],
    ])('%s', async (_name, options) => {
      setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
      expect((await setup.ask({ text }, options)).text).toBe('Hi.')
      expect(await setup.test.entries()).toEqual([])
    })
  })

  test('who, where and why are taken from the options, or found for each request', async () => {
    setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    await setup.ask(
      { text },
      {
        chatId: ({ endpoint, body }) => `${endpoint}-${String(body.model)}`,
        provider: 'mine',
        userId: 'u1',
        sessionId: () => 's1',
        tags: ['a', 'b'],
        environment: 'test',
        messages: false,
      },
    )
    const entry = await setup.test.entry()
    expect(entry).toMatchObject({
      provider: 'mine',
      user_id: 'u1',
      session_id: 's1',
      tags: ['a', 'b'],
      environment: 'test',
      messages_included: [],
    })
    expect(entry.chat_id).toBe(
      `${setup.capture.finish.stop === 'stop' ? 'chat.completions' : 'messages'}-${entry.model}`,
    )
  })

  test('closing after the answer loses nothing', async () => {
    setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    await setup.ask({ text })
    const entries = await setup.test.closed()
    expect(entries.map(({ status }) => status)).toEqual(['success'])
    const { dropped, rejected } = setup.test.ledger.integrity()
    expect([dropped, rejected]).toEqual([0, 0])
  })
}
