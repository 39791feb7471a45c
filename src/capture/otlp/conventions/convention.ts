/**
 * The contract of a convention: how it says what a span is, and under which names it keeps what an entry needs. A span
 * may follow several at once; each field is read from the first that has it.
 */
import type { Attributes } from '../attributes.js'

/** `tool`: what a model asked for and the application did. `other`: a chain, an agent, a retrieval, an outer span. */
export type SpanMeaning = 'chat' | 'embedding' | 'tool' | 'other'

export type FieldName =
  | 'model'
  | 'responseModel'
  | 'responseId'
  | 'provider'
  | 'finishReason'
  | 'chat'
  | 'session'
  | 'user'
  | CountName
  | 'firstTokenMs'
  | 'firstTokenSeconds'

export type CountName =
  | 'promptTokens'
  | 'completionTokens'
  | 'totalTokens'
  | 'cacheReadTokens'
  | 'cacheWriteTokens'
  | 'reasoningTokens'
  | 'inputAudioTokens'
  | 'outputAudioTokens'

export interface Convention {
  /** Undefined where the span does not follow the convention. */
  meaningOf(attributes: Attributes): SpanMeaning | undefined
  /** Names of attributes, the newest first. */
  readonly names: Readonly<Partial<Record<FieldName, readonly string[]>>>
}
