/** The messages in SQL, over a file that holds an object `{position, message}` a line. docs/sql.md is held equal to this by a test. */
import { instant } from '../sql.js'
import { type Column, columnSql } from './column.js'

const ofMessage = (name: string, type = 'VARCHAR'): Column => ({ name, type, sql: `message.${name}` })
const momentOfMessage = (name: string): Column => ({
  name,
  type: 'TIMESTAMP',
  sql: `epoch_ms(${instant(`message.${name}`)})`,
})
const flag = (name: string): Column => ({
  name,
  type: 'BOOLEAN',
  sql: `try_cast(message.${name}::VARCHAR AS BOOLEAN)`,
})

export const MESSAGE_COLUMNS: readonly Column[] = [
  ofMessage('id'),
  ofMessage('project_id'),
  ofMessage('chat_id'),
  { name: 'position', type: 'BIGINT', sql: 'position' },
  ofMessage('role'),
  ofMessage('content'),
  ofMessage('status'),
  momentOfMessage('created_at'),
  momentOfMessage('updated_at'),
  flag('include_in_context'),
  flag('is_pinned'),
  flag('is_aside'),
  flag('is_discarded'),
  ofMessage('parent_message_id'),
  { name: 'model', type: 'VARCHAR', sql: `json_extract_string(message.llm_info, '$.model')` },
  { name: 'request_id', type: 'VARCHAR', sql: `json_extract_string(message.llm_info, '$.request_id')` },
  ofMessage('llm_info', 'JSON'),
]

const MESSAGE_FIELDS = [
  ...[
    'id',
    'project_id',
    'chat_id',
    'role',
    'content',
    'status',
    'created_at',
    'updated_at',
    'parent_message_id',
  ].map((name) => `${name} VARCHAR`),
  ...['include_in_context', 'is_pinned', 'is_aside', 'is_discarded', 'llm_info'].map(
    (name) => `${name} JSON`,
  ),
]

/** `file` holds an object `{position, message}` a line. */
export function messagesView(file: string, objectSize: number): string {
  return `CREATE OR REPLACE TEMP VIEW messages AS
    SELECT ${MESSAGE_COLUMNS.map(columnSql).join(', ')}
    FROM ${messageSource(file, objectSize, `STRUCT(${MESSAGE_FIELDS.join(', ')})`)}`
}

export function messageLinesView(file: string, objectSize: number): string {
  return `CREATE OR REPLACE TEMP VIEW message_lines AS
    SELECT message AS line FROM ${messageSource(file, objectSize, 'JSON')}`
}

function messageSource(file: string, objectSize: number, type: string): string {
  return `read_json(${file}, format = 'newline_delimited', maximum_object_size = ${objectSize},
    columns = {position: 'BIGINT', message: '${type}'})`
}
