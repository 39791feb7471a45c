import { type TProperties, Type } from 'typebox'
import type { LLMRequestLogEntry } from '../../index.js'
import { Instant, Text } from './common.js'

const count = (description: string) => Type.Optional(Type.Integer({ minimum: 0, description }))
const milliseconds = (description: string) => Type.Optional(Type.Number({ minimum: 0, description }))
const strings = (description: string) => Type.Optional(Type.Array(Type.String(), { description }))

const optionalFields = {
  id: Type.Optional(Text('Made when absent; the same id again gives the later state of one request.')),
  status: Type.Optional(
    Type.Enum(['pending', 'success', 'error', 'timeout'], {
      description: 'Default pending, which is not counted as a request; the others are final.',
    }),
  ),
  timestamp_start: Type.Optional(Instant('Now when absent; any ISO 8601 instant with a zone is taken.')),
  timestamp_end: Type.Optional(Instant('Now when absent and the status is final.')),
  request_type: Type.Optional(
    Type.Enum(['chat', 'tool', 'workflow', 'embedding', 'image', 'audio', 'other'], {
      description: 'Default chat.',
    }),
  ),
  messages_included: strings('Ids of the messages that were sent, in order.'),
  usage: Type.Optional(
    Type.Object(
      {
        prompt_tokens: count('Tokens in.'),
        completion_tokens: count('Tokens out.'),
        total_tokens: count('Always prompt + completion once logged; a total alone counts as prompt tokens.'),
        cache_read_tokens: count('Part of prompt_tokens.'),
        cache_write_tokens: count('Part of prompt_tokens.'),
        cache_write_1h_tokens: count('Part of cache_write_tokens.'),
        input_audio_tokens: count('Part of prompt_tokens, from no cache.'),
        reasoning_tokens: count('Part of completion_tokens.'),
        output_audio_tokens: count('Part of completion_tokens.'),
      },
      { description: 'Further fields of the provider are kept.' },
    ),
  ),
  timings: Type.Optional(
    Type.Object({
      latency_ms: milliseconds('Request to whole answer.'),
      total_duration_ms: milliseconds('With retries and tools.'),
      time_to_first_token_ms: milliseconds('Request to first token.'),
    }),
  ),
  latency_ms: milliseconds('Taken as timings.latency_ms when that is absent.'),
  output_format_hint: Type.Optional(
    Type.Enum(['text', 'markdown', 'json'], { description: 'Default text.' }),
  ),
  touched_files: strings('Files the request changed.'),
  touched_entities: strings('Other things the request changed.'),
  http_status: Type.Optional(Type.Integer({ minimum: 100, maximum: 599, description: "The provider's." })),
  error: Type.Optional(
    Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()], {
      description: 'Why it failed.',
    }),
  ),
  provider: Type.Optional(Type.String()),
  user_id: Type.Optional(Type.String()),
  session_id: Type.Optional(Type.String()),
  environment: Type.Optional(Type.String()),
  tags: strings('Any labels.'),
  parent_id: Type.Optional(Text('Id of the entry this one belongs to.')),
  attempt: Type.Optional(Type.Integer({ minimum: 1, description: 'Retries of one request count up.' })),
  finish_reason: Type.Optional(Type.String()),
  response_model: Type.Optional(Text('The model that the provider says answered.')),
  params: Type.Optional(Type.Unknown({ description: 'Any JSON: temperature and the like.' })),
  metadata: Type.Optional(
    Type.Unknown({ description: 'Any JSON of yours; stats can be grouped by its keys.' }),
  ),
  cost: Type.Optional(
    Type.Object(
      {
        amount: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
        source: Type.Enum(['provider', 'override', 'price_book', 'none']),
        book_date: Type.Optional(Type.String()),
      },
      {
        description:
          'USD; computed from the price book when absent. The amount is null when no price is known.',
      },
    ),
  ),
  usage_source: Type.Optional(
    Type.Enum(['provider', 'tokenizer', 'heuristic', 'none'], { description: 'Who counted the tokens.' }),
  ),
} satisfies TProperties

const requiredFields = {
  chat_id: Text('Id of the chat; it need not have been created.'),
  model: Text('As the provider calls it.'),
} satisfies TProperties

/** Checked by the ledger. */
export const NewEntry = Type.Unsafe<LLMRequestLogEntry>(
  Type.Object(
    {
      project_id: Type.Optional(Text('That of the path, when given.')),
      ...requiredFields,
      ...optionalFields,
    },
    { description: 'Fields that are not named here are kept as they come.' },
  ),
)

export const EntrySchema = Type.Object(
  {
    ...optionalFields,
    ...requiredFields,
    project_id: Type.String(),
    id: Type.String(),
    status: Type.Enum(['pending', 'success', 'error', 'timeout']),
    timestamp_start: Instant('When the request was sent.'),
    schema_version: Type.Integer({ description: 'Of the format of the line.' }),
  },
  { $id: 'Entry', description: 'The entry as it is in the file: as it came, completed.' },
)

export const LogResultSchema = Type.Object(
  {
    id: Type.String(),
    logged: Type.Boolean(),
    timestamp: Instant('When the line was made.'),
  },
  { $id: 'LogResult' },
)
