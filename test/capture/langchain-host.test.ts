/** What an application of LangChain must not notice, and calls that two captures see. */
import { InMemoryCache } from '@langchain/core/caches'
import { HumanMessage } from '@langchain/core/messages'
import { RunnableLambda } from '@langchain/core/runnables'
import { OpenAI } from 'openai'
import { describe, expect, test, vi } from 'vitest'
import { LedgerCallbackHandler } from '../../src/capture/langchain/index.js'
import { captureOpenAI } from '../../src/capture/openai/index.js'
import { all } from './all.js'
import { brokenLedgers, setUp, USAGE } from './framework-setup.js'
import { chatModel, handlerOf } from './langchain-models.js'
import { sendJson, startRawProvider } from './raw-provider.js'
import { openTestLedger } from './test-ledger.js'

const setup = setUp()
const url = (): string => `${setup.mock.url}/v1`
const client = (baseURL = url()) => new OpenAI({ apiKey: 'sk-test', baseURL, maxRetries: 0 })
const messages = [{ role: 'user' as const, content: 'hello' }]

describe('the ledger fails and the application gets its answer', () => {
  const expectAnswers = async (handler: LedgerCallbackHandler): Promise<void> => {
    setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    const warned = vi.spyOn(console, 'warn')
    const model = chatModel(url(), { callbacks: [handler] })
    expect((await model.invoke('hello')).text).toBe('Hi.')
    expect((await all(await model.stream('hello'))).map((chunk) => chunk.text).join('')).toBe('Hi.')
    // LangChain catches what a handler throws, and says so here.
    expect(warned).not.toHaveBeenCalled()
    warned.mockRestore()
  }

  test.each(brokenLedgers)('it %s', async (_name, ledger) => {
    await expectAnswers(new LedgerCallbackHandler({ ledger, projectId: 'p', chatId: 'c' }))
  })

  test('it is closed', async () => {
    const handler = handlerOf(setup)
    await setup.test.ledger.close()
    await expectAnswers(handler)
    await setup.test.ledger.flush()
  })

  test('it is closed while the answer is under way', async () => {
    setup.mock.onMessage('hello', { content: 'Hi, how are you?', usage: USAGE }, { latency: 5 })
    const stream = await chatModel(url(), { callbacks: [handlerOf(setup)] }).stream('hello')
    await setup.test.ledger.close()
    expect((await all(stream)).map((chunk) => chunk.text).join('')).toBe('Hi, how are you?')
    await setup.test.ledger.flush()
  })

  test.each([
    ['the project is unknown', { projectId: 'nobody', chatId: 'c' }],
    ['the chat id is no id', { projectId: 'p', chatId: '../x' }],
    [
      'the function that finds the chat throws',
      {
        projectId: 'p',
        chatId: () => {
          throw new Error('no chat')
        },
      },
    ],
  ])('%s', async (_name, ids) => {
    await expectAnswers(new LedgerCallbackHandler({ ledger: setup.test.ledger, ...ids }))
    expect(await setup.test.entries()).toEqual([])
  })

  test('closing after the answer loses nothing', async () => {
    setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    await chatModel(url(), { callbacks: [handlerOf(setup)] }).invoke('hello')
    const entries = await setup.test.closed()
    expect(entries.map(({ status }) => status)).toEqual(['success'])
    const { dropped, rejected } = setup.test.ledger.integrity()
    expect([dropped, rejected]).toEqual([0, 0])
  })

  test('events of runs that never began, and events that hold nothing, do nothing', async () => {
    const handler = handlerOf(setup)
    handler.handleLLMNewToken('x', { prompt: 0, completion: 0 }, 'r0')
    handler.handleLLMEnd({ generations: [] }, 'r0')
    handler.handleLLMError(new Error('no'), 'r0')
    expect(await setup.test.entries()).toEqual([])
    handler.handleChatModelStart(undefined, [], 'r1')
    handler.handleLLMEnd(undefined, 'r1')
    handler.handleLLMEnd(undefined, 'r1')
    expect(await setup.test.entry()).toMatchObject({ model: 'unknown', provider: 'unknown', status: 'error' })
  })
})

describe('one physical call is one entry', () => {
  /** A model whose client is captured too. */
  const overCaptured = (baseURL = url(), fields: Parameters<typeof chatModel>[1] = {}) => {
    const model = chatModel(baseURL, fields)
    const below = captureOpenAI(client(baseURL), { ...setup.options, provider: 'below' })
    // LangChain makes its client itself and hides it.
    Reflect.set(Reflect.get(model, 'completions'), 'client', below)
    return model
  }

  test('with a captured client below, stream or not', async () => {
    setup.mock.onMessage(/hello/, { content: 'Hi.', usage: USAGE })
    const model = overCaptured()
    const config = { callbacks: [handlerOf(setup)] }
    await model.invoke('hello', config)
    await all(await model.stream('hello', config))
    await model.batch(['hello 1', 'hello 2', 'hello 3'], config)
    await model.generate([[new HumanMessage('hello 4')], [new HumanMessage('hello 5')]], config)
    const entries = await setup.test.entries()
    expect(setup.mock.getRequests()).toHaveLength(7)
    expect(entries.map(({ provider, status }) => `${provider} ${status}`)).toEqual(
      Array(7).fill('openai success'),
    )

    // Without the handler the client is the outermost capture.
    await model.invoke('hello')
    expect((await setup.test.entries()).map(({ provider }) => provider)).toContain('below')
  })

  test('also when LangChain retries', async () => {
    let served = 0
    await using provider = await startRawProvider((_request, response) => {
      if (served++ === 0) sendJson(response, { error: { message: 'Oops' } }, 500)
      else {
        const choices = [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }]
        sendJson(response, { id: 'c1', model: 'gpt-4o', object: 'chat.completion', choices, usage: USAGE })
      }
    })
    const model = overCaptured(provider.url, { maxRetries: 1, callbacks: [handlerOf(setup)] })
    await model.invoke('hello')
    expect(provider.requests).toHaveLength(2)
    expect(await setup.test.entry()).toMatchObject({ provider: 'openai', status: 'success' })
  })

  test('with two handlers, and one in each ledger', async () => {
    setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    await using other = await openTestLedger()
    const { ledger, projectId, chatId } = other
    const third = new LedgerCallbackHandler({ ledger, projectId, chatId })
    const model = chatModel(url(), { callbacks: [handlerOf(setup), third] })
    await model.invoke('hello', { callbacks: [handlerOf(setup)] })
    expect(await setup.test.entries()).toHaveLength(1)
    expect(await other.entries()).toHaveLength(1)
  })

  test('what runs beside the call, or after it, is not part of it', async () => {
    setup.mock.onMessage(/hello/, { content: 'Hi.', usage: USAGE })
    const beside = captureOpenAI(client(), { ...setup.options, provider: 'beside' })
    const model = chatModel(url(), { callbacks: [handlerOf(setup)] })
    const ask = () => beside.chat.completions.create({ model: 'gpt-4o', messages })
    await Promise.all([model.invoke('hello'), ask(), model.stream('hello').then(all), ask()])
    await model.invoke('hello')
    await ask()
    for await (const _ of await model.stream('hello')) await ask()
    const providers = (await setup.test.entries()).map(({ provider }) => provider)
    expect(providers).toHaveLength(setup.mock.getRequests().length)
    expect(providers.filter((provider) => provider === 'openai')).toHaveLength(4)
  })

  test('a step of a chain that calls a captured client makes a call of its own', async () => {
    setup.mock.onMessage(/hello|Hi/, { content: 'Hi.', usage: USAGE })
    const aside = captureOpenAI(client(), { ...setup.options, provider: 'aside' })
    const chain = chatModel(url()).pipe(
      RunnableLambda.from(async () => {
        const { choices } = await aside.chat.completions.create({ model: 'gpt-4o', messages })
        return choices[0]?.message.content ?? ''
      }),
    )
    const config = { callbacks: [handlerOf(setup)] }
    await chain.invoke('hello', config)
    await all(await chain.stream('hello', config))
    const providers = (await setup.test.entries()).map(({ provider }) => provider)
    expect(providers.sort()).toEqual(['aside', 'aside', 'openai', 'openai'])
  })

  test("LangChain's cache makes no request and no entry", async () => {
    setup.mock.onMessage('hello', { content: 'Hi.', usage: USAGE })
    const model = chatModel(url(), { callbacks: [handlerOf(setup)], cache: new InMemoryCache() })
    await model.invoke('hello')
    expect((await model.invoke('hello')).text).toBe('Hi.')
    expect(setup.mock.getRequests()).toHaveLength(1)
    expect(await setup.test.entry()).toMatchObject({ status: 'success', usage: USAGE })
  })
})
