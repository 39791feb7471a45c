/** Prompts and answers of the AI SDK as messages of the chat log. */
import type { HistoryMessage } from '../../chat-log/message.js'
import { isJson, type Json, listOf, parseJson, textOf } from '../json.js'
import { type ToolCall, withToolCalls } from '../wire/tool-calls.js'

/** Of `params.prompt`, oldest first. */
export function promptHistory(prompt: unknown): HistoryMessage[] {
  return listOf(prompt).filter(isJson).flatMap(messagesOf)
}

function messagesOf(message: Json): HistoryMessage[] {
  const { role, content } = message
  if (role === 'tool') return listOf(content).filter(isJson).flatMap(toolResult)
  if (role === 'assistant') return [answerMessage(listOf(content))]
  const text = typeof content === 'string' ? content : listOf(content).map(partText).join('\n')
  return [{ role: role === 'system' ? 'system' : 'user', content: text }]
}

/**
 * The parts of an answer, as they arrived or as they are sent again: its text, then its tool calls as JSON. Both give
 * the same message. Reasoning is not part of the conversation.
 */
export function answerMessage(parts: readonly unknown[]): HistoryMessage {
  const texts: string[] = []
  const calls: ToolCall[] = []
  for (const part of parts.filter(isJson)) {
    if (part.type === 'tool-call') calls.push(toolCall(part))
    else if (part.type === 'text') {
      if (textOf(part.text) !== undefined) texts.push(String(part.text))
    } else if (!UNSAID.has(String(part.type))) texts.push(partText(part))
  }
  return { role: 'assistant', content: withToolCalls(texts.join('\n'), calls) }
}

const UNSAID = new Set(['reasoning', 'source', 'tool-result', 'tool-approval-request'])

/** The input is text in an answer and a value in a prompt. */
function toolCall(part: Json): ToolCall {
  const input = typeof part.input === 'string' ? (parseJson(part.input) ?? part.input) : part.input
  const args = typeof input === 'string' ? input : JSON.stringify(input ?? {})
  return { id: part.toolCallId, name: part.toolName, arguments: args }
}

/** Each result is a message, as providers want it. */
function toolResult(part: Json): HistoryMessage[] {
  if (part.type !== 'tool-result') return []
  const output = isJson(part.output) ? part.output.value : part.output
  const content = Array.isArray(output) ? output.map(partText).join('\n') : valueText(output)
  return [{ role: 'tool', content }]
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** Any part without text leaves its type, such as `[file]`: bytes do not belong into a chat log. */
function partText(part: unknown): string {
  if (!isJson(part)) return valueText(part)
  return typeof part.text === 'string' ? part.text : `[${textOf(part.type) ?? 'part'}]`
}
