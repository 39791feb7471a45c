/** The keys of the chats of a block, by code. */
import { chatKey } from '../chat-totals.js'
import type { Texts } from './rows.js'

/** Three words each; an entry without a chat counts as of one without a name. */
export function keysOfChats(texts: Texts): Uint32Array {
  const keys = new Uint32Array(texts.length * 3)
  for (const [code, text] of texts.entries()) keys.set(chatKey(text ?? ''), code * 3)
  return keys
}
