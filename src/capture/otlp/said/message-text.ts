/** Messages as the conventions write them, to role and content. */
import type { HistoryMessage } from '../../../chat-log/message.js'
import { isJson, listOf, textOf } from '../../json.js'

const ROLES = new Map<string, HistoryMessage['role']>([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['assistant', 'assistant'],
  ['model', 'assistant'],
  ['ai', 'assistant'],
  ['tool', 'tool'],
  ['function', 'tool'],
])

/** Undefined when nothing is in it. A role that is not known is that of `otherwise`. */
export function messageOf(
  role: unknown,
  content: unknown,
  otherwise: HistoryMessage['role'],
): HistoryMessage | undefined {
  const text = contentText(content)
  if (text === '') return undefined
  return { role: ROLES.get(String(textOf(role) ?? '').toLowerCase()) ?? otherwise, content: text }
}

/** The text of a content that is a text, or a list of parts. What is no text, such as a picture, is left out. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .map(partText)
    .filter((text) => text !== '')
    .join('\n')
}

/** A tool's call and what it gave are kept as JSON. */
function partText(part: unknown): string {
  if (typeof part === 'string') return part
  if (!isJson(part)) return ''
  const plain = textOf(part.text) ?? textOf(part.content)
  if (plain !== undefined) return plain
  const told = part.arguments ?? part.input ?? part.response ?? part.result ?? part.output
  if (told === undefined) return ''
  const name = textOf(part.name) ?? textOf(part.toolName)
  const json = typeof told === 'string' ? told : jsonText(told)
  return name === undefined ? json : `${name}(${json})`
}

/** Empty for what is nested too deep to be written. */
function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}
