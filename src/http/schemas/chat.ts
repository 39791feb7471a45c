import { Type } from 'typebox'
import { Instant, Text, TextOrNull } from './common.js'

export const NewChat = Type.Object(
  {
    name: Text('1-200 characters.'),
    id: Type.Optional(Text('Your own id for it; made when absent.')),
    forked_from_chat_id: Type.Optional(Text('The chat this one was forked from.')),
    forked_at_message_id: Type.Optional(Text('The last message both share.')),
  },
  { additionalProperties: false },
)

export const ChatSchema = Type.Object(
  {
    id: Type.String(),
    project_id: Type.String(),
    name: Type.String(),
    status: Type.Enum(['active', 'closed', 'archived']),
    created_at: Instant('When it was made.'),
    updated_at: Instant('When it last changed.'),
    forked_from_chat_id: TextOrNull('The chat this one was forked from.'),
    forked_at_message_id: TextOrNull('The last message both share.'),
    storage_path: Text("File of its messages, relative to the project's root."),
  },
  { $id: 'Chat' },
)
