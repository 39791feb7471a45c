/** A message as its line, and what is remembered of it. */
import { createHash } from 'node:crypto'
import { toLine } from '../entry/line.js'
import type { Message } from './message.js'

/** The model of an answer that was resent as history and never logged as one. */
export const UNKNOWN_MODEL = 'unknown'

export interface MessageLine {
  readonly id: string
  readonly line: string
  readonly state: string
  readonly hasAuthor: boolean
}

export function lineOf(message: Message): MessageLine {
  const line = toLine(message, 'appendMessage')
  return { id: message.id, line, state: stateOf(message), hasAuthor: hasAuthor(message) }
}

/** The same for equal states as they are in the file, whenever they were written. */
function stateOf(message: Message): string {
  const { updated_at: _, ...state } = message
  return createHash('sha256').update(toLine(state, 'appendMessage')).digest('base64')
}

/** Whether it is known which request made it. */
export function hasAuthor({ llm_info }: Message): boolean {
  return llm_info !== null && llm_info !== undefined && llm_info.model !== UNKNOWN_MODEL
}
