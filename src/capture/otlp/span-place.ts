/** Where an entry belongs, as far as its spans and their resource say it. */
import { createHash } from 'node:crypto'
import { isId } from '../../entry/ids.js'
import { redactText } from '../../entry/redact.js'
import type { Span } from './span.js'
import { textField } from './span-fields.js'

export interface SpanPlace {
  /** `ledgerline.project_id`: an id or a slug, as it came. */
  readonly project: string | undefined
  /** `ledgerline.chat_id` as it came; else an id for the conversation or session that the span names. */
  readonly chat: string | undefined
  /** `service.name`, as it came. */
  readonly service: string | undefined
}

/** Of the spans the first that says something counts, and of one span its own attributes before its resource's. */
export function spanPlace(spans: readonly Span[]): SpanPlace {
  const sources = spans.flatMap(({ attributes, resource }) => [attributes, resource])
  const first = (read: (source: (typeof sources)[number]) => string | undefined): string | undefined => {
    for (const source of sources) {
      const text = read(source)
      if (text !== undefined) return text
    }
    return undefined
  }
  const conversation =
    first((source) => textField(source, 'chat')) ?? first((source) => textField(source, 'session'))
  return {
    project: first((source) => source.text('ledgerline.project_id')),
    chat:
      first((source) => source.text('ledgerline.chat_id')) ??
      (conversation === undefined ? undefined : chatIdFor(conversation)),
    service: first((source) => source.text('service.name')),
  }
}

/** The name itself where it can be an id; else an id that is always the same for it, and tells nothing of a secret in it. */
export function chatIdFor(name: string): string {
  return isId(name)
    ? name
    : `chat-${createHash('sha256').update(redactText(name)).digest('hex').slice(0, 24)}`
}
