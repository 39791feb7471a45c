import { Type } from 'typebox'
import { Instant, Text, TextOrNull } from './common.js'

export const NewProject = Type.Object(
  {
    name: Text('1-100 characters: a letter or digit, then letters, digits, _, -, space.'),
    default_model: Type.Optional(Text('The model the application mostly uses.')),
  },
  { additionalProperties: false },
)

export const ProjectSchema = Type.Object(
  {
    id: Text('UUID made for it.'),
    name: Type.String(),
    slug: Text('From the name, unique in the workspace.'),
    status: Type.Enum(['active', 'archived', 'deleted']),
    created_at: Instant('When it was made.'),
    updated_at: Instant('When it last changed.'),
    default_model: TextOrNull('The model the application mostly uses.'),
    paths: Type.Union(
      [Type.Object({ root: Type.String(), chats_dir: Type.String(), logs_dir: Type.String() }), Type.Null()],
      { description: 'Relative to the workspace; null when the project lives outside of it.' },
    ),
  },
  { $id: 'Project' },
)
