/** The messages of a request and its answer as text, for the chat log. */
import type { HistoryMessage, Role } from '../../../chat-log/message.js'
import { isJson, type Json, listOf, textOf } from '../../json.js'
import { type ToolCall, withToolCalls } from '../tool-calls.js'

/** Of a messages body: `system`, then `messages`, oldest first. */
export function messagesHistory(body: Json): HistoryMessage[] {
  const system = blocksText(body.system, '\n')
  const said = listOf(body.messages).filter(isJson).flatMap(toHistory)
  return system === '' ? said : [{ role: 'system', content: system }, ...said]
}

/** What the assistant said: its text, then its tool calls as JSON. Thinking is not said to the other side. */
export function assistantMessage(content: unknown): HistoryMessage {
  // The blocks of one answer are pieces of one text, cut where a citation or a tool stands.
  return { role: 'assistant', content: withToolCalls(blocksText(content, ''), toolCallsOf(content)) }
}

function toHistory(message: Json): HistoryMessage[] {
  if (message.role === 'assistant') return [assistantMessage(message.content)]
  const results = listOf(message.content).filter(isToolResult)
  const told = results.map(
    (result): HistoryMessage => ({ role: 'tool', content: blocksText(result.content, '\n') }),
  )
  const rest = Array.isArray(message.content)
    ? message.content.filter((block) => !isToolResult(block))
    : message.content
  const text = blocksText(rest, '\n')
  if (told.length > 0 && text === '') return told
  return [...told, { role: roleOf(message.role), content: text }]
}

function isToolResult(block: unknown): block is Json {
  return isJson(block) && block.type === 'tool_result'
}

function roleOf(role: unknown): Role {
  return role === 'system' ? 'system' : 'user'
}

function toolCallsOf(content: unknown): ToolCall[] {
  return listOf(content)
    .filter(isJson)
    .filter((block) => TOOL_USES.has(block.type))
    .map((block) => ({ id: block.id, name: block.name, arguments: argumentsOf(block.input) }))
}

/** As text, like those of OpenAI; one that broke off in a stream is text already. */
function argumentsOf(input: unknown): string {
  return typeof input === 'string' ? input : (JSON.stringify(input) ?? '')
}

/** Text blocks joined; any other one leaves its type, such as `[image]`. */
function blocksText(content: unknown, between: string): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .filter((block) => !(isJson(block) && (SILENT.has(block.type) || TOOL_USES.has(block.type))))
    .map(blockText)
    .join(between)
}

function blockText(block: unknown): string {
  if (!isJson(block)) return typeof block === 'string' ? block : ''
  return typeof block.text === 'string' ? block.text : `[${textOf(block.type) ?? 'block'}]`
}

const TOOL_USES: ReadonlySet<unknown> = new Set(['tool_use', 'server_tool_use', 'mcp_tool_use'])
const SILENT: ReadonlySet<unknown> = new Set(['thinking', 'redacted_thinking'])
