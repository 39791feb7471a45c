/** Messages of LangChain as messages of the chat log. */
import type { HistoryMessage, Role } from '../../chat-log/message.js'
import { isJson, type Json, jsonOf, listOf, textOf } from '../json.js'
import { type ToolCall, withToolCalls } from '../wire/tool-calls.js'

/** Of the messages of one prompt, oldest first. */
export function messagesHistory(messages: unknown): HistoryMessage[] {
  return listOf(messages).filter(isJson).map(messageOf)
}

/** A message's text, then its tool calls as JSON: the same for an answer and for one that is sent again. */
export function messageOf(message: Json): HistoryMessage {
  const calls = listOf(message.tool_calls).filter(isJson).map(toolCall)
  return { role: roleOf(message), content: withToolCalls(contentText(message.content), calls) }
}

function toolCall(call: Json): ToolCall {
  return { id: call.id, name: call.name, arguments: JSON.stringify(call.args ?? {}) }
}

/** Text blocks joined; any other block that says something leaves its type, such as `[image_url]`. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  const texts = listOf(content)
    .map(blockText)
    .filter((text) => text !== undefined)
  return texts.join('\n')
}

function blockText(block: unknown): string | undefined {
  if (typeof block === 'string') return block
  if (!isJson(block)) return undefined
  const type = textOf(block.type) ?? 'block'
  // Tool calls stand in `tool_calls` as well; reasoning is not part of the conversation.
  if (UNSAID.test(type)) return undefined
  return typeof block.text === 'string' ? textOf(block.text) : `[${type}]`
}

const UNSAID = /tool_use|tool_call|function_call|functionCall|reasoning|thinking|input_json/

function roleOf(message: Json): Role {
  const type = typeOf(message)
  if (type === 'ai' || type === 'assistant') return 'assistant'
  if (type === 'tool' || type === 'function') return 'tool'
  return type === 'system' || type === 'developer' ? 'system' : 'user'
}

/** `type` in LangChain 1, a method before; `role` of a generic message. */
function typeOf(message: Json): unknown {
  const type = textOf(message.type) ?? called(message, 'getType') ?? called(message, '_getType')
  return type === 'generic' ? jsonOf(message).role : type
}

function called(message: Json, method: string): unknown {
  const make = message[method]
  return typeof make === 'function' ? make.call(message) : undefined
}
