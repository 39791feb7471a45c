/** The identity of a message that came without one: its place in the conversation and its content. */
import { createHash } from 'node:crypto'
import type { Role } from './message.js'

/**
 * The same history gives the same ids, in every process; two equal messages at different places get different ones.
 * A UUID version 8 (RFC 9562, section 5.8) of the SHA-256 of chat, parent, role and content.
 */
export function chainId(chatId: string, parentId: string | null, role: Role, content: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([chatId, parentId, role, content]))
    .digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}
