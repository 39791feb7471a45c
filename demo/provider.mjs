/** The provider of the demonstration: aimock on loopback, with an answer for each turn. */
import { LLMock } from '@copilotkit/aimock'
import { PROJECTS } from './conversations.mjs'

/** Longer than the client of the turn that times out is willing to wait. */
const STALL_MS = 900

const HANG_UP = '/hang-up'

/** @returns {Promise<LLMock>} */
export async function startProvider() {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent', chunkSize: 12 })
  for (const { conversations } of PROJECTS) {
    for (const { turns } of conversations) for (const turn of turns) addTurn(mock, turn)
  }
  mock.mount(HANG_UP, {
    async handleRequest(request, response) {
      response.end()
      request.socket.server.closeAllConnections()
      return true
    },
  })
  await mock.start()
  return mock
}

/**
 * Stops at once. aimock waits for its connections to end, and fetch keeps some open for seconds.
 *
 * @param {LLMock} mock
 */
export async function stopProvider(mock) {
  // It is cut off in its answer.
  await fetch(`${mock.url}${HANG_UP}`).catch(() => {})
  await mock.stop()
}

/**
 * @param {LLMock} mock
 * @param {import('./conversations.mjs').Turn} turn
 */
function addTurn(mock, turn) {
  const match = { userMessage: turn.user }
  const pace = {
    streamingProfile: { ttft: 70, tps: 120, jitter: 0.3 },
    chaos: { latencyMs: 40 + turn.user.length },
  }
  switch (turn.trouble) {
    case 'rate-limited':
      mock.on(match, refusal(429, 'Rate limit reached for requests', 'rate_limit_exceeded'))
      return
    case 'server-error':
      mock.on(match, refusal(500, 'The server had an error', 'server_error'))
      return
    case 'retried':
      mock.on({ ...match, sequenceIndex: 0 }, refusal(500, 'The server had an error', 'server_error'))
      mock.on({ ...match, sequenceIndex: 1 }, answerOf(turn), pace)
      return
    case 'timeout':
      mock.on(match, answerOf(turn), { streamingProfile: { ttft: STALL_MS } })
      return
    default:
      mock.on(match, answerOf(turn), pace)
  }
}

/** @param {import('./conversations.mjs').Turn} turn */
function answerOf({ answer, tool, tokens: [prompt, completion] }) {
  const usage = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
  return tool === undefined ? { content: answer, usage } : { toolCalls: [tool], usage }
}

/**
 * @param {number} status
 * @param {string} message
 * @param {string} code
 */
function refusal(status, message, code) {
  return { error: { message, type: code, code }, status, retryAfter: 0 }
}
