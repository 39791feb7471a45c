// One entry as the line that the library writes of it: its fields, in its order.
import { traceId, uuidV7 } from './random.mjs'

/** Name, provider, USD per million tokens of prompt and completion. */
export const MODELS = [
  ['gpt-4o', 'openai', 2.5, 10],
  ['gpt-4o-mini', 'openai', 0.15, 0.6],
  ['o3', 'openai', 2, 8],
  ['claude-sonnet-4-20250514', 'anthropic', 3, 15],
  ['claude-3-5-haiku-20241022', 'anthropic', 0.8, 4],
  ['gemini-2.5-pro', 'google', 1.25, 10],
  ['mistral-large-latest', 'mistral', 2, 6],
  ['deepseek-chat', 'deepseek', 0.27, 1.1],
]
const ENVIRONMENTS = ['production', 'production', 'production', 'production', 'staging']
const TYPES = ['chat', 'chat', 'chat', 'chat', 'chat', 'tool', 'workflow']
const TAGS = Array.from({ length: 24 }, (_, i) => `"team-${i % 6}","flow-${i % 8}"`)
const ERRORS = [
  ['rate_limit', 429, 'Rate limit reached for requests; try again in 20 s.'],
  ['overloaded', 529, 'The model is overloaded.'],
  ['timeout', 504, 'No answer within 60 s.'],
]
const NOTES = [
  'refund of an order of last month, invoice in English',
  'retrieval: 6 of 40 passages kept, cut at 3200 tokens',
  'weekly summary for the sales team, second pass',
  'classify the ticket and choose its queue',
]
const ERROR_SHARE = 0.04

/**
 * The line of a request of the chat `{id, session, model, user, messages}`, which began at epoch ms `ms`. The ids of what was
 * sent and of what came back are added to `messages`.
 */
export function entryLine(random, chat, projectId, ms) {
  const [model, provider, promptPrice, completionPrice] = MODELS[chat.model]
  const latency = latencyMs(random)
  chat.messages.push(uuidV7(random, ms))
  // Joined into one flat string; what grows by `+` is a rope, and slow to write.
  const sent = chat.messages.join('","')
  const fails = random.share() < ERROR_SHARE
  if (!fails) chat.messages.push(uuidV7(random, ms + Math.floor(latency)))
  const prompt = 200 + random.below(4_000)
  const completion = 1 + random.below(900)
  const amount = Number(((prompt * promptPrice + completion * completionPrice) / 1e6).toFixed(9))
  const [code, status, message] = ERRORS[random.below(ERRORS.length)]
  const usage = `,"usage":{"prompt_tokens":${prompt},"completion_tokens":${completion},"total_tokens":${prompt + completion},"cache_read_tokens":${random.below(prompt)}},"usage_source":"provider"`
  const firstToken = tenths(latency * (0.1 + 0.3 * random.share()))
  const request = random.next()
  return `{"id":"${uuidV7(random, ms)}","timestamp_start":"${instant(ms)}","timestamp_end":"${instant(ms + Math.round(latency))}","status":"${fails ? 'error' : 'success'}","project_id":"${projectId}","chat_id":"${chat.id}","model":"${model}","request_type":"${TYPES[request % TYPES.length]}","messages_included":["${sent}"]${fails ? ',"usage_source":"none"' : usage},"timings":{"latency_ms":${latency}${fails ? '' : `,"time_to_first_token_ms":${firstToken}`}},"output_format_hint":"text","provider":"${provider}","user_id":"${chat.user}","session_id":"${chat.session}","environment":"${ENVIRONMENTS[request % ENVIRONMENTS.length]}","tags":[${TAGS[request % TAGS.length]}]${fails ? `,"http_status":${status},"error":{"code":"${code}","message":"${message}"}` : ',"finish_reason":"stop"'},"metadata":{"feature":"feature-${request % 12}","trace_id":"${traceId(random)}","route":"/v1/replies/${request % 40}","note":"${NOTES[request % NOTES.length]}"},"schema_version":1${fails ? '' : `,"cost":{"amount":${amount},"source":"price_book","book_date":"2025-01-01"}`}}\n`
}

/** About log-normal around 1.1 s, from 200 ms to 6 s. */
function latencyMs(random) {
  const spread = random.share() + random.share() + random.share() - 1.5
  return tenths(Math.min(6_000, Math.max(200, 1_100 * Math.exp(1.25 * spread))))
}

function tenths(ms) {
  return Math.round(ms * 10) / 10
}

function instant(ms) {
  return new Date(ms).toISOString()
}
