/** The caller's message to the one that is stored, or what is wrong with it. */
import { isId, uuidV7 } from '../entry/ids.js'
import { isObject } from '../entry/own-fields.js'
import { MAX_STRING } from '../entry/plain-json.js'
import { formatInstant, parseInstant } from '../entry/timestamp.js'
import { type Problem, ValidationError } from '../errors.js'
import { MESSAGE_STATUSES, type Message, type MessageInput, ROLES } from './message.js'

const OPERATION = 'appendMessage'
const FLAGS = ['include_in_context', 'is_pinned', 'is_aside', 'is_discarded'] as const

/**
 * The complete message. What the input leaves out is taken from `stored`, the state of the same id, else from the
 * defaults. Throws ValidationError with all problems.
 */
export function completeMessage(input: MessageInput, stored: Message | undefined, now: number): Message {
  if (!isObject(input)) throw problemsError([problem('message', 'is not an object')])
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
  const isDiscarded = given.is_discarded ?? (given.status === 'discarded' || (stored?.is_discarded ?? false))
  const message = {
    id: uuidV7(now),
    status: 'complete',
    created_at: formatInstant(now),
    is_pinned: false,
    is_aside: false,
    parent_message_id: null,
    llm_info: null,
    ...stored,
    include_in_context: isDiscarded !== true && (stored?.include_in_context ?? true),
    is_discarded: isDiscarded,
    ...given,
  }
  const problems = findProblems(message)
  if (problems.length > 0) throw problemsError(problems)
  // findProblems has checked every field of the type.
  const checked = message as unknown as Message
  // In one order of fields, so that equal states are equal lines.
  return {
    id: checked.id,
    chat_id: checked.chat_id,
    project_id: checked.project_id,
    role: checked.role,
    content: checked.content,
    status: checked.status,
    created_at: formatInstant(parseInstant(checked.created_at) ?? now),
    updated_at: formatInstant(Math.max(now, laterThan(stored))),
    include_in_context: checked.include_in_context,
    is_pinned: checked.is_pinned,
    is_aside: checked.is_aside,
    is_discarded: checked.is_discarded,
    parent_message_id: checked.parent_message_id,
    llm_info: checked.llm_info,
  }
}

/** A state replaces the one before it also when the clock was set back. */
function laterThan(stored: Message | undefined): number {
  return (parseInstant(stored?.updated_at) ?? 0) + 1
}

function findProblems(message: Record<string, unknown>): Problem[] {
  const problems: Problem[] = []
  const expect = (holds: boolean, field: string, text: string): void => {
    if (!holds) problems.push(problem(field, text))
  }
  expect(isId(message.id), 'id', 'is not an id')
  expect(
    ROLES.some((role) => role === message.role),
    'role',
    `is none of ${ROLES.join(', ')}`,
  )
  expect(
    typeof message.content === 'string' && message.content.length <= MAX_STRING,
    'content',
    `is not a string of at most ${MAX_STRING} characters`,
  )
  expect(
    MESSAGE_STATUSES.some((status) => status === message.status),
    'status',
    `is none of ${MESSAGE_STATUSES.join(', ')}`,
  )
  expect(
    parseInstant(message.created_at) !== undefined,
    'created_at',
    'is not an ISO 8601 instant with a zone',
  )
  for (const flag of FLAGS) expect(typeof message[flag] === 'boolean', flag, 'is not true or false')
  const parent = message.parent_message_id
  expect(parent === null || isId(parent), 'parent_message_id', 'is neither null nor an id')
  expect(message.llm_info === null || isLlmInfo(message.llm_info), 'llm_info', 'is not {model, request_id}')
  expect(!(message.is_pinned && message.is_discarded), 'is_pinned', 'is set on a discarded message')
  expect(
    !(message.is_discarded && message.include_in_context),
    'include_in_context',
    'is set on a discarded message',
  )
  const isAnswer = message.role === 'assistant' && message.status === 'complete'
  expect(!isAnswer || message.llm_info !== null, 'llm_info', 'is required on a complete assistant message')
  return problems
}

function isLlmInfo(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value.model === 'string' &&
    (value.request_id === null || value.request_id === undefined || isId(value.request_id))
  )
}

function problem(field: string, message: string): Problem {
  return { code: 'INVALID_MESSAGE', field, message }
}

function problemsError(problems: readonly Problem[]): ValidationError {
  const [first = problem('message', 'is not valid'), ...others] = problems
  return new ValidationError(OPERATION, [first, ...others])
}
