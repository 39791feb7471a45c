/** A chat exists when it was created or when an entry names it. */
import { type Ledger, NotFoundError } from '../index.js'

/** Throws NotFoundError CHAT_NOT_FOUND or PROJECT_NOT_FOUND. */
export async function requireChat(ledger: Ledger, projectId: string, chatId: string): Promise<void> {
  try {
    await ledger.getChat(projectId, chatId)
  } catch (error) {
    if (!(error instanceof NotFoundError) || error.code !== 'CHAT_NOT_FOUND') throw error
    const { entries } = await ledger.getLLMRequestLogs({ projectId, chatId, limit: 1 })
    if (entries.length === 0) throw error
  }
}
