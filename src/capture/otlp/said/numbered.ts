/** Messages that stand in an attribute a field: `llm.input_messages.0.message.role`, `gen_ai.prompt.0.role`. */
import type { HistoryMessage } from '../../../chat-log/message.js'
import type { Attributes } from '../attributes.js'
import { messageOf } from './message-text.js'

/** Further ones are left out. */
const MAX_MESSAGES = 1_000
const MAX_PARTS = 100

/** `inner` is what stands between the number and the field: `.message` with OpenInference, else nothing. */
export function numberedMessages(
  attributes: Attributes,
  prefix: string,
  inner: '' | '.message',
  otherwise: HistoryMessage['role'],
): HistoryMessage[] {
  const messages: HistoryMessage[] = []
  for (let at = 0; at < MAX_MESSAGES; at++) {
    const start = `${prefix}.${at}${inner}`
    const role = attributes.text(`${start}.role`)
    const content = attributes.text(`${start}.content`) ?? parts(attributes, start)
    if (role === undefined && content.length === 0) break
    const message = messageOf(role, content, otherwise)
    if (message !== undefined) messages.push(message)
  }
  return messages
}

function parts(attributes: Attributes, start: string): string[] {
  const texts: string[] = []
  for (let at = 0; at < MAX_PARTS; at++) {
    const part = `${start}.contents.${at}.message_content`
    if (attributes.text(`${part}.type`) === undefined) break
    const text = attributes.text(`${part}.text`)
    if (text !== undefined) texts.push(text)
  }
  return texts
}
