/** Tokens counted here, for answers whose provider told none. Nothing of it runs or is loaded before the first count. */
import type { Usage, UsageSource } from '../entry/entry.js'
import { CountingThread } from './counting/counting-thread.js'
import { type Encoding, encodingOf } from './counting/encodings.js'
import { loadEncoding } from './counting/load-encoding.js'
import { estimateTokens, TOKENS_BEFORE_ANSWER, TOKENS_PER_MESSAGE } from './estimate.js'

export interface TokenCount {
  readonly tokens: number
  /** `tokenizer` is exact; `heuristic` is an estimate. */
  readonly source: 'tokenizer' | 'heuristic'
}

/** What went to and fro, of which nobody told the usage. */
export interface Exchange {
  /** The model that answered, else the one that was asked. */
  readonly model: string
  readonly history: readonly { readonly content: string }[]
  /** Texts that were sent beside the conversation, such as those of embeddings. */
  readonly inputs?: readonly string[] | undefined
  /** As far as it arrived. */
  readonly answer: string
  /** What the provider told of the input before the answer broke off; then only the answer is counted. */
  readonly begun?: Usage | undefined
}

export interface CountedUsage {
  readonly usage: Usage
  readonly usageSource: UsageSource
}

/**
 * How many tokens the text is for the model. Exact for the models of OpenAI whose encoding is published, else, and
 * where counting takes too long, an estimate. Counting is done by another thread; hostile text holds up nobody. Never
 * rejects.
 */
export async function countTokens(model: string, text: string): Promise<TokenCount> {
  const [tokens] = (await counted(model, [text])) ?? []
  if (tokens === undefined) return { tokens: estimateTokens(text), source: 'heuristic' }
  return { tokens, source: 'tokenizer' }
}

/**
 * The usage of an exchange by the same means. The prompt is the content of its messages, and what a chat format adds to each
 * of them and before the answer (`estimatePromptTokens`); tools and images that were sent are not in it. Never rejects.
 */
export async function countUsage(exchange: Exchange): Promise<CountedUsage> {
  const { model, history, inputs = [], answer, begun } = exchange
  const sent = begun === undefined ? [...history.map(({ content }) => content), ...inputs] : []
  const counts = await counted(model, [answer, ...sent])
  const [completion, ...each] = counts ?? [answer, ...sent].map(estimateTokens)
  const around = history.length === 0 ? 0 : TOKENS_BEFORE_ANSWER + history.length * TOKENS_PER_MESSAGE
  const prompt = each.reduce((sum, tokens) => sum + tokens, around)
  const { total_tokens: _, reported_total_tokens: __, ...input } = begun ?? { prompt_tokens: prompt }
  return {
    usage: { ...input, completion_tokens: completion ?? 0 },
    usageSource: counts === undefined ? 'heuristic' : 'tokenizer',
  }
}

const thread = new CountingThread(new URL('./counting/thread-main.js', import.meta.url))

/** UTF-16 units that are counted on the event loop where there are no threads: about 10 ms. */
const MAX_ON_LOOP = 32 * 1024

async function counted(model: string, texts: readonly string[]): Promise<readonly number[] | undefined> {
  const encoding = encodingOf(model)
  if (encoding === undefined) return undefined
  const counts = await thread.count(encoding, texts)
  return counts ?? (thread.isUnavailable ? countedOnLoop(encoding, texts) : undefined)
}

async function countedOnLoop(encoding: Encoding, texts: readonly string[]): Promise<number[] | undefined> {
  if (texts.reduce((sum, text) => sum + text.length, 0) > MAX_ON_LOOP) return undefined
  try {
    const pairs = await loadEncoding(encoding)
    return texts.map((text) => pairs.count(text))
  } catch {
    return undefined
  }
}
