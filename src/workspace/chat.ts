/** What a chat is. Its messages live in the chat log. */

export const CHAT_STATUSES = ['active', 'closed', 'archived'] as const
export type ChatStatus = (typeof CHAT_STATUSES)[number]

export interface Chat {
  readonly id: string
  readonly projectId: string
  readonly name: string
  readonly status: ChatStatus
  /** ISO 8601 UTC with milliseconds. */
  readonly createdAt: string
  readonly updatedAt: string
  readonly forkedFromChatId: string | null
  readonly forkedAtMessageId: string | null
  /** Of the messages, relative to the project's root. */
  readonly storagePath: string
}

export interface ChatInput {
  readonly projectId: string
  /** 1-200 characters. */
  readonly name: string
  /** The host's own id for it; made when absent. */
  readonly id?: string
  readonly forkedFromChatId?: string
  readonly forkedAtMessageId?: string
}
