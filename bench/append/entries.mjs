// What is logged: entries as an application gives them to logLLMRequest, each with a text of its own.

/** Sentences as models write them: quotes, line ends, code, and now and then something beyond ASCII. */
const SENTENCES = [
  'The refund was issued on the 3rd; it takes "up to five" business days.\n',
  'Please check the order number again, then reply with `status: "ok"`.\n\n',
  "I couldn't find a customer with this e-mail address. Is it spelled right?\n",
  '```ts\nconst total = lines.reduce((sum, { price }) => sum + price, 0)\n```\n',
  '- first, open C:\\orders\\2025 and take the newest file\n- then\tsend it\n',
  'According to the policy (section 4.2), both sides may end the contract at any time. ',
]
const BEYOND_ASCII = ['Die Rückzahlung läuft über das Büro in Köln.\n', 'Voilà — “fertig”, 你好, 🚀 …\n']
/** Every fourth text holds a sentence of the second list; half of those then need two bytes a character in memory. */
const EVERY = 4

/** The texts of a run, made before the clock starts. `bytes` is the length of a text in UTF-8, within a character. */
export function makeTexts(count, bytes) {
  return Array.from({ length: count }, (_, i) => makeText(i, bytes))
}

/** The text of entry `i`. */
export function makeText(i, bytes) {
  let text = `${i}: `
  if (i % EVERY === 0) text += BEYOND_ASCII[(i / EVERY) % BEYOND_ASCII.length]
  for (let n = i; text.length < bytes; n += 1 + (i % 3)) text += SENTENCES[n % SENTENCES.length]
  // By way of bytes: one flat string as a parser would have made it, no rope of pieces.
  return Buffer.from(text).toString('utf8', 0, bytes)
}

/** The project of systems that know of none; as long as the id that Ledgerline gives. */
export const PROJECT = '5f0c9a52-7d4e-4c7e-9a53-1f6f1f0a9b11'

const MODELS = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-20250514', 'gemini-2.5-pro']

export function makeEntry(i, text, projectId) {
  return {
    project_id: projectId,
    chat_id: `chat-${i % 5000}`,
    model: MODELS[i % 4],
    status: 'success',
    usage: { prompt_tokens: 200 + (i % 900), completion_tokens: 1 + (i % 300) },
    timings: { latency_ms: (i % 1000) + 0.5, time_to_first_token_ms: i % 200 },
    metadata: { text },
  }
}
