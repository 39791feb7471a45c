/** The identity of a message that came without one: its place in the conversation and its content. */
import { hash } from 'node:crypto'
import type { Role } from './message.js'

/**
 * The same history gives the same ids, in every process; two equal messages at different places get different ones.
 * A UUID version 8 (RFC 9562, section 5.8) of the SHA-256 of chat, parent, role and content.
 */
export function chainId(chatId: string, parentId: string | null, role: Role, content: string): string {
  const hex = hash('sha256', JSON.stringify([chatId, parentId, role, content]))
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
