/**
 * The demonstration: real traffic of the real `openai` SDK with a provider on loopback, captured into a ledger.
 * It imports the built package, as an application would.
 */
import OpenAI from 'openai'
import { captureOpenAI } from '../dist/capture/openai/index.js'
import { PROJECTS } from './conversations.mjs'
import { startProvider, stopProvider } from './provider.mjs'

/**
 * @typedef {object} DemonstrationResult
 * @property {number} calls Calls of the application.
 * @property {number} entries Entries in the ledger: one for each call.
 * @property {number} attempts HTTP requests that the entries tell of.
 * @property {number} served HTTP requests in the provider's own journal.
 * @property {boolean} agrees Whether the first two are equal, and the last two. When not, the caller has to say so.
 */

/**
 * Two projects, nine chats, some failures. Takes about a second and leaves nothing running.
 *
 * @param {import('../dist/index.js').Ledger} ledger
 * @param {{ print: (line: string) => void }} options
 * @returns {Promise<DemonstrationResult>}
 */
export async function makeDemonstration(ledger, { print }) {
  const provider = await startProvider()
  try {
    print(`A provider of test answers listens on ${provider.url}; the openai SDK talks to it.`)
    const openai = new OpenAI({ apiKey: 'sk-demonstration', baseURL: `${provider.url}/v1`, maxRetries: 0 })
    const calls = await Promise.all(PROJECTS.map((project) => runProject(ledger, openai, project, print)))
    await ledger.flush()
    return await check(ledger, calls.flat(), provider.getRequests().length, print)
  } finally {
    await stopProvider(provider)
  }
}

/**
 * @param {import('../dist/index.js').Ledger} ledger
 * @param {OpenAI} openai
 * @param {import('./conversations.mjs').DemoProject} project
 * @param {(line: string) => void} print
 * @returns {Promise<{ projectId: string, calls: number }[]>}
 */
async function runProject(ledger, openai, { name, instructions, conversations }, print) {
  const { id: projectId } = await ledger.createProject({ name })
  return Promise.all(
    conversations.map(async (conversation) => {
      const chat = await ledger.createChat({ projectId, name: conversation.name })
      const client = captureOpenAI(openai, {
        ledger,
        projectId,
        chatId: chat.id,
        provider: 'openai',
        userId: conversation.user,
        tags: conversation.tags,
        environment: 'demonstration',
      })
      const talk = conversation.api === 'chat' ? talkInChat : talkInResponses
      const troubles = await talk(client, instructions, conversation)
      const said = troubles.length === 0 ? '' : ` (${troubles.join(', ')})`
      print(
        `  ${name} / ${conversation.name}: ${counted(conversation.turns.length, 'call')} of ${conversation.model}${said}`,
      )
      return { projectId, calls: conversation.turns.length }
    }),
  )
}

/** How each trouble is brought about on our side; the provider does the rest. */
const REQUEST_OPTIONS = {
  retried: { maxRetries: 2 },
  timeout: { timeout: 300 },
}

/**
 * @param {OpenAI} client
 * @param {string} instructions
 * @param {import('./conversations.mjs').Conversation} conversation
 * @returns {Promise<string[]>}
 */
async function talkInChat(client, instructions, { model, turns }) {
  const troubles = []
  /** @type {OpenAI.ChatCompletionMessageParam[]} */
  const messages = [{ role: 'system', content: instructions }]
  for (const { user, stream, trouble, tool } of turns) {
    messages.push({ role: 'user', content: user })
    const options = REQUEST_OPTIONS[trouble] ?? {}
    const tools = tool && [
      { type: 'function', function: { name: tool.name, parameters: { type: 'object' } } },
    ]
    try {
      if (stream) {
        const chunks = await client.chat.completions.create({ model, messages, stream: true }, options)
        let content = ''
        for await (const chunk of chunks) {
          content += chunk.choices[0]?.delta.content ?? ''
          if (trouble === 'aborted' && content.length > 120) break
        }
        messages.push({ role: 'assistant', content })
      } else {
        const body = { model, messages, temperature: 0.3, ...(tools && { tools }) }
        const { choices } = await client.chat.completions.create(body, options)
        if (choices[0]) messages.push(choices[0].message)
      }
    } catch (error) {
      if (error instanceof OpenAI.APIConnectionTimeoutError) troubles.push('timeout')
      else if (error instanceof OpenAI.APIError) troubles.push(`failed: ${error.status}`)
      else throw error
      continue
    }
    if (trouble !== undefined) troubles.push(trouble)
  }
  return troubles
}

/**
 * @param {OpenAI} client
 * @param {string} instructions
 * @param {import('./conversations.mjs').Conversation} conversation
 * @returns {Promise<string[]>}
 */
async function talkInResponses(client, instructions, { model, turns }) {
  let previous
  for (const { user, stream } of turns) {
    const body = { model, instructions, input: user, ...(previous && { previous_response_id: previous }) }
    if (stream) {
      for await (const event of await client.responses.create({ ...body, stream: true })) {
        if (event.type === 'response.completed') previous = event.response.id
      }
    } else {
      previous = (await client.responses.create(body)).id
    }
  }
  return []
}

/**
 * Counts what is in the ledger and compares it with the provider's journal.
 *
 * @param {import('../dist/index.js').Ledger} ledger
 * @param {readonly { projectId: string, calls: number }[]} made
 * @param {number} served
 * @param {(line: string) => void} print
 * @returns {Promise<DemonstrationResult>}
 */
async function check(ledger, made, served, print) {
  const calls = made.reduce((sum, conversation) => sum + conversation.calls, 0)
  const entries = []
  for (const projectId of new Set(made.map((conversation) => conversation.projectId))) {
    entries.push(...(await ledger.getLLMRequestLogs({ projectId, limit: 1000 })).entries)
  }
  const attempts = entries.reduce((sum, entry) => sum + (entry.attempt ?? 1), 0)
  const retried = entries.filter((entry) => (entry.attempt ?? 1) > 1).length
  const result = { calls, entries: entries.length, attempts, served }
  const agrees = attempts === served && entries.length === calls
  if (agrees) print(sumUp({ ...result, retried }))
  return { ...result, agrees }
}

/** @param {{ calls: number, entries: number, served: number, retried: number }} result */
function sumUp({ calls, entries, served, retried }) {
  const again =
    retried === 0 ? '' : ` (${counted(retried, 'call')} ${retried === 1 ? 'was' : 'were'} retried)`
  return (
    `${counted(calls, 'call')} were made, ${counted(entries, 'entry', 'entries')} are in the log; ` +
    `the provider counted ${counted(served, 'HTTP request')}, and so did the entries${again}.`
  )
}

/**
 * @param {number} number
 * @param {string} singular
 * @param {string} plural
 */
function counted(number, singular, plural = `${singular}s`) {
  return `${number} ${number === 1 ? singular : plural}`
}
