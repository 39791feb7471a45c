/** Messages that stand in one attribute, as a list or the JSON of one. */
import type { HistoryMessage } from '../../../chat-log/message.js'
import { isJson, jsonOf, listOf, parseJson } from '../../json.js'
import type { Attributes } from '../attributes.js'
import { contentText, messageOf } from './message-text.js'

/** Of the first of these names that has some. */
export function listedMessages(
  attributes: Attributes,
  names: readonly string[],
  otherwise: HistoryMessage['role'],
): HistoryMessage[] {
  for (const name of names) {
    const messages = messagesIn(read(attributes, name), otherwise)
    if (messages.length > 0) return messages
  }
  return []
}

function messagesIn(value: unknown, otherwise: HistoryMessage['role']): HistoryMessage[] {
  if (typeof value === 'string') return some(messageOf(otherwise, value, otherwise))
  // The Vercel AI SDK's outer form: {system, messages} or {system, prompt}.
  if (isJson(value)) {
    const { system, messages, prompt } = value
    const inner = messages ?? prompt
    return [
      ...some(messageOf('system', system, 'system')),
      ...(isJson(inner) ? [] : messagesIn(inner, otherwise)),
    ]
  }
  return listOf(value).flatMap((item) => {
    const { role, content, parts, type } = jsonOf(item)
    // A list of parts without messages around them, as system instructions are.
    if (role === undefined && type !== undefined) {
      return some(messageOf(otherwise, contentText([item]), otherwise))
    }
    return some(messageOf(role, parts ?? content, otherwise))
  })
}

function read(attributes: Attributes, name: string): unknown {
  const value = attributes.value(name)
  if (typeof value !== 'string') return value
  // A plain text is what was said itself.
  return /^\s*[[{]/.test(value) ? (parseJson(value) ?? value) : value
}

function some(message: HistoryMessage | undefined): HistoryMessage[] {
  return message === undefined ? [] : [message]
}
