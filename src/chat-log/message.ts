/** What one message of a chat is. Names are those of the file: snake_case. */
import type { Timings, Usage } from '../entry/entry.js'

export const ROLES = ['system', 'user', 'assistant', 'tool'] as const
export type Role = (typeof ROLES)[number]

export const MESSAGE_STATUSES = ['pending', 'complete', 'error', 'discarded'] as const
export type MessageStatus = (typeof MESSAGE_STATUSES)[number]

/** Which request made an assistant message. */
export interface LLMInfo {
  /** `unknown` for an assistant message that was resent as history and never logged as an answer. */
  model: string
  request_id: string | null
  usage?: Usage
  timings?: Timings
}

export interface Message {
  id: string
  chat_id: string
  project_id: string
  role: Role
  content: string
  status: MessageStatus
  /** ISO 8601 UTC with milliseconds. */
  created_at: string
  /**
   * When this state was written, ISO 8601 UTC with milliseconds; the latest of an id counts. Null when the message was
   * only told by a history: then any other state of it counts.
   */
  updated_at: string | null
  include_in_context: boolean
  is_pinned: boolean
  is_aside: boolean
  is_discarded: boolean
  parent_message_id: string | null
  /** A complete assistant message has it. */
  llm_info: LLMInfo | null
}

/** One message of a history as it is sent to a provider. */
export interface HistoryMessage {
  role: Role
  /** At most 1,000,000 characters; longer content is cut and marked. */
  content: string
  llm_info?: LLMInfo
}

/** A message to append. Without an id it is a new message; with one, the latest state of it. */
export interface MessageInput
  extends Partial<Omit<Message, 'chat_id' | 'project_id' | 'role' | 'content' | 'updated_at'>> {
  project_id: string
  chat_id: string
  role: Role
  content: string
}

/** Of appendMessages. */
export interface HistoryOptions {
  /** The id of the message that stands before the first; by default the first begins the conversation. */
  readonly after?: string
  /** As of LogOptions. */
  readonly mayWait?: boolean
}
