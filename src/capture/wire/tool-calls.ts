/** Tool calls as text of a message. */

export interface ToolCall {
  readonly id: unknown
  readonly name: unknown
  readonly arguments: unknown
}

/** The same text for a call that was streamed and for one that is resent. */
export function withToolCalls(text: string, calls: readonly ToolCall[]): string {
  if (calls.length === 0) return text
  const json = JSON.stringify(calls)
  return text === '' ? json : `${text}\n${json}`
}
