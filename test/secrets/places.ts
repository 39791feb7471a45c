/** The places of a record of JSON that can hold a text, and an entry and a message with all of theirs. */

/** Any JSON. */
export type Json = ReturnType<typeof JSON.parse>

/** The value with one of its texts replaced, for each of them. */
export function* variants(value: Json, text: string): Generator<Json> {
  if (typeof value === 'string') yield text
  if (typeof value !== 'object' || value === null) return
  for (const [name, item] of Object.entries(value)) {
    for (const other of variants(item, text)) yield replaced(value, name, other)
  }
}

function replaced(value: Json, name: string, item: Json): Json {
  if (!Array.isArray(value)) return { ...value, [name]: item }
  return value.map((one, place) => (String(place) === name ? item : one))
}

/** The value with each of its texts replaced. */
function everywhere(value: Json, text: string): Json {
  if (typeof value === 'string') return text
  if (Array.isArray(value)) return value.map((item) => everywhere(item, text))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, everywhere(item, text)]))
}

/** Fields of an entry that may hold any text. */
const ENTRY_TEXTS = {
  model: 'm',
  usage: { prompt_tokens: 1, completion_tokens: 2, provider_usage: { note: 'n' } },
  touched_files: ['a'],
  touched_entities: ['a'],
  error: { code: 'c', message: 'm' },
  provider: 'p',
  user_id: 'u',
  session_id: 's',
  environment: 'e',
  tags: ['t'],
  finish_reason: 'stop',
  response_model: 'm',
  response_id: 'r',
  request_headers: { 'x-note': 'n', authorization: 'a' },
  params: { stop: ['s'], tools: [{ name: 'n' }] },
  metadata: { note: 'n', list: ['a', { deep: 'd' }], apiKey: 'k', '__proto__.x': 'x' },
  writer: 'w',
}

/** Those that do not. */
const ENTRY_WORDS = {
  id: 'i',
  chat_id: 'c',
  status: 'error',
  timestamp_start: '2026-01-31T14:00:00.000Z',
  request_type: 'chat',
  usage_source: 'provider',
  output_format_hint: 'text',
  cost: { amount: 1, source: 'provider' },
  parent_id: 'p',
  messages_included: ['m'],
  http_status: 'a text',
}

const ENTRY = { chat_id: 'c', model: 'm', status: 'error', timestamp_start: '2026-01-31T14:00:00.000Z' }

/** Entries with the text in each place: those that are taken, then those that are refused. */
export function entriesWith(text: string): {
  readonly taken: readonly Json[]
  readonly refused: readonly Json[]
} {
  // At most as long as the shortest field may be.
  const inJson = JSON.stringify({ note: `see\n${text}` }).slice(0, 256)
  return {
    taken: [
      ...[text, inJson].map((value) => ({ ...ENTRY, ...everywhere(ENTRY_TEXTS, value) })),
      { ...ENTRY, [text]: 1, metadata: { [text]: 1 } },
    ],
    refused: Object.entries(ENTRY_WORDS).map(([name, value]) => ({
      ...ENTRY,
      [name]: everywhere(value, text),
    })),
  }
}

export const MESSAGE = {
  role: 'assistant',
  content: 'c',
  status: 'complete',
  created_at: '2026-01-31T14:00:00.000Z',
  parent_message_id: 'p',
  llm_info: { model: 'm', request_id: 'r', usage: { note: 'n' } },
}
