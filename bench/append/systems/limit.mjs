// No logger: the completed entry to JSON and once into a buffer. No line can be made for less.
const BUFFER_BYTES = 4 << 20

export function open() {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  const ids = Array.from({ length: 4096 }, (_, i) => `019a0000-0000-7000-8000-${String(i).padStart(12, '0')}`)
  let at = 0
  let bytes = 0
  let count = 0
  return {
    acknowledges: 'nothing',
    turns: false,
    log(entry) {
      const json = JSON.stringify(complete(entry, ids[count++ & 4095]))
      if (at + json.length * 3 >= BUFFER_BYTES) at = 0
      const written = buffer.write(json, at)
      at += written
      buffer[at++] = 10
      bytes += written + 1
    },
    settle() {},
    bytes: () => bytes,
    close() {},
  }
}

/** The fields of a line of llm_requests.jsonl, in its order; the column of bytes a line shows that they are as long. */
function complete(entry, id) {
  return {
    id,
    timestamp_start: '2026-01-31T14:05:06.078Z',
    timestamp_end: '2026-01-31T14:05:06.078Z',
    status: entry.status,
    project_id: entry.project_id,
    chat_id: entry.chat_id,
    model: entry.model,
    usage: {
      prompt_tokens: entry.usage.prompt_tokens,
      completion_tokens: entry.usage.completion_tokens,
      total_tokens: entry.usage.prompt_tokens + entry.usage.completion_tokens,
    },
    timings: entry.timings,
    metadata: entry.metadata,
    request_type: 'chat',
    messages_included: [],
    output_format_hint: 'text',
    usage_source: 'provider',
    schema_version: 1,
    cost: { amount: 0.0012345, source: 'price_book', book_date: '2026-01-31' },
  }
}
