/** A message as its line, and what is remembered of it. */
import { boundedLine, jsonText, withoutLineEnds } from '../entry/json-text.js'
import { toLine } from '../entry/line.js'
import type { Link } from './chain.js'
import type { LLMInfo, Message } from './message.js'

/** The model of an answer that was resent as history and never logged as one. */
export const UNKNOWN_MODEL = 'unknown'

export interface MessageLine {
  readonly id: string
  readonly line: string
  readonly hasAuthor: boolean
}

export function lineOf(message: Message): MessageLine {
  return { id: message.id, line: toLine(message, 'appendMessage'), hasAuthor: hasAuthor(message.llm_info) }
}

/**
 * The line of a complete message that a history told. `text` is its contentText, `now` ISO 8601 UTC. Ids and role were
 * checked.
 */
export function historyLine(
  place: { readonly projectId: string; readonly chatId: string },
  { id, parent, role }: Link,
  text: string,
  told: LLMInfo | undefined,
  now: string,
): MessageLine {
  const operation = 'appendMessages'
  const info = told ?? (role === 'assistant' ? { model: UNKNOWN_MODEL, request_id: null } : null)
  // Told by a history, it says nothing new of a message that is known otherwise.
  const updated = told === undefined ? 'null' : `"${now}"`
  const line = `{"id":"${id}","chat_id":"${place.chatId}","project_id":"${place.projectId}","role":"${role}","content":${withoutLineEnds(text)},"status":"complete","created_at":"${now}","updated_at":${updated},"include_in_context":true,"is_pinned":false,"is_aside":false,"is_discarded":false,"parent_message_id":${parent === null ? 'null' : `"${parent}"`},"llm_info":${jsonText(info, operation) ?? 'null'}}\n`
  return { id, line: boundedLine(line, operation), hasAuthor: hasAuthor(info) }
}

/** Whether both would be the same in the file, whenever they were written. */
export function isSameState(one: Message, other: Message): boolean {
  return stateOf(one) === stateOf(other)
}

function stateOf({ updated_at: _, ...state }: Message): string {
  return toLine(state, 'appendMessage')
}

/** Whether it is known which request made it. */
export function hasAuthor(info: Message['llm_info'] | undefined): boolean {
  return info !== null && info !== undefined && info.model !== UNKNOWN_MODEL
}
