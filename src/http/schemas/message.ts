import { Type } from 'typebox'
import type { MessageInput } from '../../index.js'
import { Instant, Text, TextOrNull } from './common.js'

const llmInfo = Type.Object({
  model: Type.String(),
  request_id: TextOrNull('Id of the entry that made the message.'),
  usage: Type.Optional(Type.Object({}, { description: 'As in the entry.' })),
  timings: Type.Optional(Type.Object({}, { description: 'As in the entry.' })),
})

const role = Type.Enum(['system', 'user', 'assistant', 'tool'])
const status = Type.Enum(['pending', 'complete', 'error', 'discarded'])

/** Checked by the ledger. */
export const NewMessage = Type.Unsafe<Omit<MessageInput, 'project_id' | 'chat_id'>>(
  Type.Object({
    role,
    content: Text('At most 1,000,000 characters.'),
    id: Type.Optional(Text('Made when absent. The id of a message that exists gives its new state.')),
    status: Type.Optional(status),
    created_at: Type.Optional(Instant('Now when absent.')),
    include_in_context: Type.Optional(Type.Boolean()),
    is_pinned: Type.Optional(Type.Boolean()),
    is_aside: Type.Optional(Type.Boolean()),
    is_discarded: Type.Optional(Type.Boolean()),
    parent_message_id: Type.Optional(TextOrNull('The message this one answers.')),
    llm_info: Type.Optional(llmInfo),
  }),
)

export const MessageSchema = Type.Object(
  {
    id: Type.String(),
    chat_id: Type.String(),
    project_id: Type.String(),
    role,
    content: Type.String(),
    status,
    created_at: Instant('When it was made.'),
    updated_at: Type.Optional(
      Type.Union([Instant(''), Type.Null()], {
        description:
          'When this state was written, ISO 8601 UTC with milliseconds; the latest counts. Null of a message that only a history told of: any other state of it counts.',
      }),
    ),
    include_in_context: Type.Boolean(),
    is_pinned: Type.Boolean(),
    is_aside: Type.Boolean(),
    is_discarded: Type.Boolean(),
    parent_message_id: TextOrNull('The message this one answers.'),
    llm_info: Type.Union([llmInfo, Type.Null()], { description: 'A complete assistant message has it.' }),
  },
  { $id: 'Message' },
)
