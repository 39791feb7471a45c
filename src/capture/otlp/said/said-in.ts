/** What was said in a call, as far as its spans hold it. Read only where the option asks for it. */
import type { HistoryMessage } from '../../../chat-log/message.js'
import { jsonOf, parseJson } from '../../json.js'
import type { Span, SpanEvent } from '../span.js'
import { listedMessages } from './listed.js'
import { messageOf } from './message-text.js'
import { numberedMessages } from './numbered.js'

export interface Said {
  /** What went to the model, oldest first. */
  readonly input: readonly HistoryMessage[]
  /** What it answered. */
  readonly output: readonly HistoryMessage[]
}

/** Of the first span that has some. */
export function saidIn(spans: readonly Span[]): Said {
  const first = (read: (span: Span) => HistoryMessage[]): HistoryMessage[] => {
    for (const span of spans) {
      const messages = read(span)
      if (messages.length > 0) return messages
    }
    return []
  }
  return { input: first(inputOf), output: first(outputOf) }
}

function inputOf({ attributes, events }: Span): HistoryMessage[] {
  const system = listedMessages(attributes, ['gen_ai.system_instructions'], 'system')
  const listed = listedMessages(
    attributes,
    ['gen_ai.input.messages', 'ai.prompt.messages', 'ai.prompt'],
    'user',
  )
  if (listed.length > 0) return [...system, ...listed]
  const asked = eventMessages(events, INPUT_EVENTS)
  if (asked.length > 0) return asked
  const numbered = numberedMessages(attributes, 'llm.input_messages', '.message', 'user')
  return numbered.length > 0 ? numbered : numberedMessages(attributes, 'gen_ai.prompt', '', 'user')
}

function outputOf({ attributes, events }: Span): HistoryMessage[] {
  const listed = listedMessages(attributes, ['gen_ai.output.messages', 'ai.response.text'], 'assistant')
  if (listed.length > 0) return listed
  const answered = eventMessages(events, OUTPUT_EVENTS)
  if (answered.length > 0) return answered
  const numbered = numberedMessages(attributes, 'llm.output_messages', '.message', 'assistant')
  return numbered.length > 0 ? numbered : numberedMessages(attributes, 'gen_ai.completion', '', 'assistant')
}

type Role = HistoryMessage['role']

const INPUT_EVENTS = new Map<string, Role>([
  ['gen_ai.system.message', 'system'],
  ['gen_ai.user.message', 'user'],
  ['gen_ai.assistant.message', 'assistant'],
  ['gen_ai.tool.message', 'tool'],
])
const OUTPUT_EVENTS = new Map<string, Role>([['gen_ai.choice', 'assistant']])

function eventMessages(events: readonly SpanEvent[], roles: ReadonlyMap<string, Role>): HistoryMessage[] {
  return events.flatMap(({ name, attributes }) => {
    const role = roles.get(name)
    if (role === undefined) return []
    const inner = attributes.value('message')
    const content =
      attributes.value('content') ?? jsonOf(typeof inner === 'string' ? parseJson(inner) : inner).content
    const message = messageOf(role, content, role)
    return message === undefined ? [] : [message]
  })
}
