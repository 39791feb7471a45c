// Logs in the way argv[3] says, and leaves the process in the way argv[4] says, without waiting for anything.
import { createServer } from 'node:http'
import { captureFetch } from '../../../dist/capture/fetch/index.js'
import { openLedger } from '../../../dist/index.js'

const [, , workspace, what, how, durability] = process.argv
const ledger = await openLedger({
  workspace,
  durability,
  upkeep: false,
  systemLog: { level: 'silent', file: false, pretty: false },
})
const project = await ledger.createProject({ name: 'P' })
const answer = JSON.stringify({
  id: 'r1',
  model: 'gpt-4o',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
})
const provider = createServer((request, response) => {
  request.resume()
  if (request.url.startsWith('/never')) return
  response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
})
await new Promise((resolve) => provider.listen(0, '127.0.0.1', resolve))
const fetchCaptured = captureFetch(fetch, { ledger, projectId: project.id, chatId: 'c' })

function call(content, base = '') {
  const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content }] })
  const url = `http://127.0.0.1:${provider.address().port}${base}/v1/chat/completions`
  return fetchCaptured(url, { method: 'POST', body }).then((response) => response.text())
}

const entry = (id) => ({ id, project_id: project.id, chat_id: 'c', model: 'gpt-4o', status: 'success' })
const WAYS = {
  'a call': () => call('question 0'),
  async 'ten calls'() {
    for (let number = 0; number < 10; number++) await call(`question ${number}`)
  },
  async 'a call under way'() {
    void call('question 0', '/never')
    // Its request has left: the pending line is on its way.
    await new Promise((resolve) => provider.once('request', resolve))
  },
  async 'entries and messages'() {
    await ledger.logLLMRequest(entry('first'))
    await ledger.appendMessages(project.id, 'c', [{ role: 'user', content: 'question 0' }])
    for (let number = 0; number < 100; number++) void ledger.logLLMRequest(entry(`e${number}`))
    void ledger.appendMessages(project.id, 'c', [
      { role: 'user', content: 'question 0' },
      { role: 'assistant', content: 'Hi.' },
    ])
  },
}
const ENDS = {
  'process.exit()': () => process.exit(0),
  'an uncaught error': () =>
    setImmediate(() => {
      throw new Error('bad luck')
    }),
  'a rejection that nobody handles': () => void Promise.reject(new Error('bad luck')),
  'process.exit() while it closes': () => {
    void ledger.close()
    process.exit(0)
  },
}

await WAYS[what]()
ENDS[how]()
