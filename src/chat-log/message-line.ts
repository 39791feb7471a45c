/** A message as its line, and what is remembered of it. */
import { toLine } from '../entry/line.js'
import type { Message } from './message.js'

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
