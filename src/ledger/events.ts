/** Events: of a project or chat in its own `logs/events.jsonl`, of the system in the system log. */
import { uuidV7 } from '../entry/ids.js'
import { boundedCopy } from '../entry/json-text.js'
import { toLine } from '../entry/line.js'
import { isObject } from '../entry/own-fields.js'
import { formatInstant } from '../entry/timestamp.js'
import { type Problem, ValidationError } from '../errors.js'
import { EVENTS } from '../journal/project-journal.js'
import { EVENT_LEVELS, type EventInput, type EventLevel } from '../ledger.js'
import type { OpenProject } from './projects.js'

export interface CheckedEvent {
  readonly event_type: string
  readonly level: EventLevel
  readonly message: string | undefined
  readonly context: Readonly<Record<string, unknown>> | undefined
  readonly data: unknown
}

/** Throws ValidationError INVALID_EVENT with all problems. */
export function checkEvent(event: EventInput, operation: string): CheckedEvent {
  const {
    event_type,
    level = 'info',
    message,
    context,
    data,
  } = isObject(event) ? event : { event_type: undefined }
  const problems: Problem[] = []
  const expect = (holds: boolean, field: string, text: string): void => {
    if (!holds) problems.push({ code: 'INVALID_EVENT', field, message: text })
  }
  const isType = typeof event_type === 'string' && event_type.length >= 1 && event_type.length <= 128
  expect(isType, 'event_type', 'is not 1-128 characters')
  expect(
    EVENT_LEVELS.some((known) => known === level),
    'level',
    `is none of ${EVENT_LEVELS.join(', ')}`,
  )
  expect(message === undefined || typeof message === 'string', 'message', 'is not a string')
  expect(context === undefined || isObject(context), 'context', 'is not an object')
  const [first, ...others] = problems
  if (first !== undefined) throw new ValidationError(operation, [first, ...others])
  // Its own copy: the caller may change what the event refers to before it is written.
  return boundedCopy({ event_type: String(event_type), level, message, context, data }, operation)
}

/** One line in the project's events, at the ledger's durability level when it resolves. */
export async function appendEvent(
  project: OpenProject,
  chatId: string | undefined,
  event: CheckedEvent,
): Promise<void> {
  const now = Date.now()
  const line = toLine(
    {
      id: uuidV7(now),
      timestamp: formatInstant(now),
      project_id: project.id,
      chat_id: chatId,
      ...event,
      schema_version: 1,
    },
    'logEvent',
  )
  await project.journal.appendLog(EVENTS, line)
}
