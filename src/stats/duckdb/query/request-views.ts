/** The requests in SQL: the columns, and what each is made of. docs/sql.md is held equal to this by a test. */
import type { FieldType } from '../source.js'
import { finite, instant, jsonNumber, wholeNumber } from '../sql.js'
import { type Column, columnSql } from './column.js'

const text = (name: string): Column => ({ name, type: 'VARCHAR', sql: name })
const texts = (name: string): Column => ({ name, type: 'VARCHAR[]', sql: name })
const json = (name: string): Column => ({ name, type: 'JSON', sql: name })
const moment = (name: string): Column => ({ name, type: 'TIMESTAMP', sql: `epoch_ms(${instant(name)})` })
const whole = (name: string, number = `${name}_number`): Column => ({
  name,
  type: 'BIGINT',
  sql: wholeNumber(number),
})

/** As the stats do: what a pending line says of itself does not count yet. */
const isFinal = `status <> 'pending'`
const measured = ({ name, type, sql }: Column): Column => ({
  name,
  type,
  sql: `CASE WHEN ${isFinal} THEN ${sql} END`,
})
const milliseconds = (name: string): Column =>
  measured({ name, type: 'DOUBLE', sql: finite(`${name}_number`) })
const tokens = (name: string): Column => measured(whole(name))

export const REQUEST_COLUMNS: readonly Column[] = [
  { name: 'id', type: 'VARCHAR', sql: `json_extract_string(id, '$')` },
  text('project_id'),
  text('chat_id'),
  text('model'),
  text('status'),
  moment('timestamp_start'),
  moment('timestamp_end'),
  text('request_type'),
  text('provider'),
  text('user_id'),
  text('session_id'),
  text('environment'),
  texts('tags'),
  text('parent_id'),
  whole('attempt'),
  text('finish_reason'),
  text('response_model'),
  texts('messages_included'),
  tokens('prompt_tokens'),
  tokens('completion_tokens'),
  {
    name: 'total_tokens',
    type: 'BIGINT',
    sql: `CASE WHEN ${isFinal} THEN coalesce(
      ${wholeNumber('prompt_tokens_number')} + ${wholeNumber('completion_tokens_number')},
      ${wholeNumber('prompt_tokens_number')}, ${wholeNumber('completion_tokens_number')}) END`,
  },
  tokens('cache_read_tokens'),
  tokens('cache_write_tokens'),
  tokens('reasoning_tokens'),
  text('usage_source'),
  milliseconds('latency_ms'),
  milliseconds('time_to_first_token_ms'),
  milliseconds('total_duration_ms'),
  // A decimal, so that sums are exact in any order.
  measured({
    name: 'cost',
    type: 'DECIMAL(38,12)',
    sql: `try_cast(${finite('cost_number')} AS DECIMAL(38, 12))`,
  }),
  { name: 'cost_source', type: 'VARCHAR', sql: `json_extract_string(cost, '$.source')` },
  { name: 'error_code', type: 'VARCHAR', sql: `json_extract_string(error, '$.code')` },
  { name: 'error_message', type: 'VARCHAR', sql: `json_extract_string(error, '$.message')` },
  whole('http_status'),
  text('output_format_hint'),
  texts('touched_files'),
  texts('touched_entities'),
  json('usage'),
  json('timings'),
  json('params'),
  json('metadata'),
  whole('schema_version'),
  { name: 'summarized', type: 'BOOLEAN', sql: 'summarized' },
]

/** Numbers inside an object, taken out of it together: one walk through its JSON. */
const EXTRACTED = {
  usage: [
    'prompt_tokens',
    'completion_tokens',
    'cache_read_tokens',
    'cache_write_tokens',
    'reasoning_tokens',
  ],
  timings: ['latency_ms', 'time_to_first_token_ms', 'total_duration_ms'],
} as const

const OBJECTS = ['usage', 'timings', 'cost', 'error', 'params', 'metadata'] as const
const NUMBERS = ['attempt', 'http_status', 'schema_version'] as const

/** The fields of a line that the columns are made of, and what they are read as. */
export const REQUEST_FIELDS: ReadonlyMap<string, FieldType> = new Map<string, FieldType>([
  ['id', 'JSON'],
  ...['timestamp_start', 'timestamp_end', 'output_format_hint', 'usage_source'].map(asText),
  ...REQUEST_COLUMNS.filter(({ name, type, sql }) => type === 'VARCHAR' && sql === name).map(({ name }) =>
    asText(name),
  ),
  ...REQUEST_COLUMNS.filter(({ type }) => type === 'VARCHAR[]').map(({ name }): [string, FieldType] => [
    name,
    ['VARCHAR'],
  ]),
  ...[...OBJECTS, ...NUMBERS].map((name): [string, FieldType] => [name, 'JSON']),
])

function asText(name: string): [string, FieldType] {
  return [name, 'VARCHAR']
}

/**
 * `source` has the fields and `file_index`. `picked` is a table of the numbers of the lines that are there, from 0 in
 * the order of reading; null when that is all of them.
 */
export function requestsView(source: string, summaries: readonly number[], picked: string | null): string {
  const lists = Object.entries(EXTRACTED).map(
    ([object, names]) =>
      `json_extract(${object}, [${names.map((name) => `'$.${name}'`).join(', ')}]) AS ${object}_numbers`,
  )
  const numbers = [
    ...Object.entries(EXTRACTED).flatMap(([object, names]) =>
      names.map((name, index) => `${jsonNumber(`${object}_numbers[${index + 1}]`)} AS ${name}_number`),
    ),
    ...NUMBERS.map((name) => `${jsonNumber(name)} AS ${name}_number`),
    `${jsonNumber(`json_extract(cost, '$.amount')`)} AS cost_number`,
  ]
  const summarized = summaries.length > 0 ? `file_index IN (${summaries.join(', ')})` : 'false'
  return `CREATE OR REPLACE TEMP VIEW llm_requests AS
    SELECT ${REQUEST_COLUMNS.map(columnSql).join(', ')}
    FROM (
      SELECT *, ${numbers.join(', ')}, ${summarized} AS summarized
      FROM (SELECT *, ${lists.join(', ')} FROM ${onlyPicked(source, FIELDS, picked)}))`
}

export function requestLinesView(source: string, picked: string | null): string {
  return `CREATE OR REPLACE TEMP VIEW llm_request_lines AS
    SELECT json AS line FROM ${onlyPicked(source, 'json', picked)}`
}

/** By name: `*` leaves out the index of the file. */
const FIELDS = [...REQUEST_FIELDS.keys(), 'file_index'].join(', ')

/** Numbering keeps the order of reading, and lets one thread read. */
function onlyPicked(source: string, fields: string, picked: string | null): string {
  if (picked === null) return `(SELECT ${fields} FROM ${source})`
  return `(
    SELECT ${fields} FROM (SELECT ${fields}, row_number() OVER () - 1 AS line_number FROM ${source})
    WHERE line_number IN (SELECT line FROM ${picked}))`
}
