/** No secret that passes through a framework is in any file of the workspace. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { generateText, streamText } from 'ai'
import { expect, test } from 'vitest'
import { chatModel as aiModel, captured } from './ai-sdk-models.js'
import { all } from './all.js'
import { setUp } from './framework-setup.js'
import { chatModel, handlerOf } from './langchain-models.js'
import { chatChunks, sendJson, sse, startRawProvider, startStream } from './raw-provider.js'

const setup = setUp()
/** Put together here, so that no file of the repository holds a key. */
const KEY = ['sk', 'proj', 'Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z'.repeat(2)].join('-')

test.each(['the AI SDK', 'LangChain'])(
  'through %s: prompt, stream cut inside it, error, headers',
  async (name) => {
    await using provider = await startRawProvider((request, response) => {
      if (request.body.stream !== true) sendJson(response, { error: { message: `Bad key ${KEY}` } }, 401)
      else
        startStream(response).end(sse(chatChunks(request, [`It is ${KEY.slice(0, 9)}`, `${KEY.slice(9)}.`])))
    })
    const prompt = `keep ${KEY}`
    if (name === 'LangChain') {
      const configuration = { baseURL: provider.url, defaultHeaders: { authorization: `Bearer ${KEY}` } }
      const model = chatModel(provider.url, { configuration, callbacks: [handlerOf(setup)] })
      await all(await model.stream(prompt))
      await expect(model.invoke(prompt)).rejects.toThrow()
    } else {
      const ask = {
        model: captured(aiModel(provider.url), setup.options),
        prompt,
        headers: { 'x-api-key': KEY },
      }
      await streamText(ask).consumeStream()
      await expect(generateText({ ...ask, maxRetries: 0 })).rejects.toThrow()
    }
    expect((await setup.test.entries()).map(({ status }) => status)).toEqual(['success', 'error'])
    expect((await setup.test.said()).join('\n')).toMatch(/keep .*\n.*It is /)

    const { workspace } = setup.test.ledger
    const files = readdirSync(workspace, { recursive: true, encoding: 'utf8' })
      .map((file) => join(workspace, file))
      .filter((file) => statSync(file).isFile())
    expect(files.length).toBeGreaterThan(2)
    const secret = KEY.slice(8)
    expect(files.filter((file) => readFileSync(file, 'latin1').includes(secret))).toEqual([])
  },
)
