/** The wire formats that are understood: what a request body says, and how its answer is read. No I/O. */
import type { UsageApi } from '../../tokens/normalise.js'
import type { CallStart } from '../capture.js'
import type { Json } from '../json.js'
import { MessagesArrived } from './anthropic/messages-arrived.js'
import { startOfMessages } from './anthropic/request.js'
import type { Arrived } from './arrived.js'
import { ChatArrived } from './openai/chat-arrived.js'
import { EmbeddingsArrived } from './openai/embeddings-arrived.js'
import { startOfChat, startOfEmbeddings, startOfResponse } from './openai/request.js'
import { ResponsesArrived } from './openai/responses-arrived.js'

export type WireApi = 'openai-chat' | 'openai-responses' | 'openai-embeddings' | 'anthropic-messages'

/** One API: its requests and its answers. */
export interface Wire {
  readonly api: WireApi
  /** How its usage object is read. */
  readonly usageApi: UsageApi
  /**
   * What is known of a call from the body it sends. `baseURL` is where it goes: its host says who the provider is.
   * Never throws, whatever the body holds.
   */
  start(body: Json, baseURL: unknown): CallStart
  /** An empty one, to be filled by a watcher of `answer-watcher.ts` while the answer passes by. */
  arrived(): Arrived
}

const WIRES: Record<WireApi, Wire> = {
  'openai-chat': {
    api: 'openai-chat',
    usageApi: 'openai',
    start: startOfChat,
    arrived: () => new ChatArrived(),
  },
  'openai-responses': {
    api: 'openai-responses',
    usageApi: 'openai',
    start: startOfResponse,
    arrived: () => new ResponsesArrived(),
  },
  'openai-embeddings': {
    api: 'openai-embeddings',
    usageApi: 'openai',
    start: startOfEmbeddings,
    arrived: () => new EmbeddingsArrived(),
  },
  'anthropic-messages': {
    api: 'anthropic-messages',
    usageApi: 'anthropic',
    start: startOfMessages,
    arrived: () => new MessagesArrived(),
  },
}

export function wireOf(api: WireApi): Wire {
  return WIRES[api]
}

/** How the paths of the APIs end, whatever base URL stands before. */
const ENDINGS: readonly (readonly [string, WireApi])[] = [
  ['/chat/completions', 'openai-chat'],
  ['/responses', 'openai-responses'],
  ['/embeddings', 'openai-embeddings'],
  // With the version, since the threads of OpenAI have messages too.
  ['/v1/messages', 'anthropic-messages'],
]

/** The API that a URL or its path belongs to, without regard to its query; undefined for all that is not captured. */
export function apiOf(path: unknown): WireApi | undefined {
  if (typeof path !== 'string') return undefined
  const end = path.search(/[?#]/)
  const plain = end < 0 ? path : path.slice(0, end)
  return ENDINGS.find(([ending]) => plain.endsWith(ending))?.[1]
}
