/** The messages of a request as text, for the chat log. */
import type { HistoryMessage, Role } from '../../../chat-log/message.js'
import { isJson, type Json, jsonOf, listOf, textOf } from '../../json.js'
import { type ToolCall, withToolCalls } from '../tool-calls.js'

/** Of a chat completions body, oldest first. */
export function chatHistory(body: Json): HistoryMessage[] {
  return listOf(body.messages).filter(isJson).map(chatMessage)
}

/** A message of chat completions: its text, then its tool calls as JSON. */
export function chatMessage(message: Json): HistoryMessage {
  const calls = listOf(message.tool_calls).filter(isJson).map(toolCallOf)
  const text = contentText(message.content) || (textOf(message.refusal) ?? spokenText(message.audio))
  return { role: roleOf(message.role), content: withToolCalls(text, calls) }
}

/** What was spoken; an answer that is resent names its audio by id alone. */
function spokenText(audio: unknown): string {
  return textOf(jsonOf(audio).transcript) ?? (isJson(audio) ? '[audio]' : '')
}

/** Of a responses body: `instructions`, then `input`. */
export function responsesHistory(body: Json): HistoryMessage[] {
  const history: HistoryMessage[] = []
  if (textOf(body.instructions) !== undefined)
    history.push({ role: 'system', content: String(body.instructions) })
  if (typeof body.input === 'string') history.push({ role: 'user', content: body.input })
  else history.push(...responsesItems(body.input))
  return history
}

/** Items of a responses input or output; an item that says nothing to the other side (reasoning) is left out. */
export function responsesItems(items: unknown): HistoryMessage[] {
  return listOf(items).filter(isJson).flatMap(responsesItem)
}

function responsesItem(item: Json): HistoryMessage[] {
  const type = textOf(item.type) ?? 'message'
  if (type === 'message') return [{ role: roleOf(item.role), content: contentText(item.content) }]
  if (type === 'function_call' || type === 'custom_tool_call') {
    const call = { id: item.call_id, name: item.name, arguments: item.arguments ?? item.input }
    return [{ role: 'assistant', content: withToolCalls('', [call]) }]
  }
  if (type.endsWith('_call_output')) return [{ role: 'tool', content: contentText(item.output) }]
  if (type === 'reasoning' || type === 'item_reference') return []
  return [{ role: 'assistant', content: `[${type}]` }]
}

function toolCallOf(call: Json): ToolCall {
  const made = isJson(call.function) ? call.function : isJson(call.custom) ? call.custom : {}
  return { id: call.id, name: made.name, arguments: made.arguments ?? made.input }
}

/** Text parts joined; any other part leaves its type, such as `[image_url]`. */
function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  if (content === undefined || content === null) return ''
  return Array.isArray(content) ? content.map(partText).join('\n') : (JSON.stringify(content) ?? '')
}

function partText(part: unknown): string {
  if (typeof part === 'string') return part
  if (!isJson(part)) return ''
  if (typeof part.text === 'string') return part.text
  if (typeof part.refusal === 'string') return part.refusal
  return `[${textOf(part.type) ?? 'part'}]`
}

function roleOf(role: unknown): Role {
  if (role === 'assistant' || role === 'user' || role === 'tool') return role
  if (role === 'function') return 'tool'
  return role === 'system' || role === 'developer' ? 'system' : 'user'
}
