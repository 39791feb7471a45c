/** The messages of a ledger: appended to the chat log of their project, and read from it. */
import { invalid } from '../errors.js'
import type { Ledger } from '../ledger.js'
import { checkId, type Projects } from './projects.js'

type Run = <T>(operation: string, work: () => Promise<T>) => Promise<T>

/** `read` runs while the ledger is open; `append` is waited for when it is closed. */
export function messagesOf(
  projects: Projects,
  { read, append }: { readonly read: Run; readonly append: Run },
): Pick<Ledger, 'appendMessage' | 'appendMessages' | 'readChat'> {
  return {
    // Copied before the first wait: the caller may change its objects meanwhile.
    async appendMessage(message) {
      const given = { ...message }
      return append('appendMessage', async () => {
        const { chatLog } = await projects.open(given.project_id, 'appendMessage')
        return chatLog.append(given)
      })
    },
    async appendMessages(projectId, chatId, history, options = {}) {
      if (!Array.isArray(history))
        throw invalid('appendMessages', 'INVALID_MESSAGE', 'history', 'is not a list')
      const given = history.map((message) => ({ ...message }))
      return append('appendMessages', async () => {
        // Without a wait where there is no need of one: a process that ends has no later.
        const { chatLog } = projects.opened(projectId) ?? (await projects.open(projectId, 'appendMessages'))
        return chatLog.appendHistory(projectId, chatId, given, options)
      })
    },
    readChat: (projectId, chatId) =>
      read('readChat', async () => {
        checkId('readChat', 'INVALID_CHAT_ID', 'chatId', chatId)
        const { chatLog } = await projects.open(projectId, 'readChat')
        return chatLog.read(chatId)
      }),
  }
}
