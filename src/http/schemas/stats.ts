import { type TProperties, Type } from 'typebox'
import { named, TextOrNull } from './common.js'

const count = (description: string) => Type.Integer({ minimum: 0, description })
const number = (description: string) => Type.Number({ minimum: 0, description })

const percentiles = (description: string) =>
  Type.Object(
    { p50: Type.Number(), p90: Type.Number(), p95: Type.Number(), p99: Type.Number(), max: Type.Number() },
    { description },
  )

const measures = {
  total_requests: count('successful_requests + failed_requests.'),
  successful_requests: count('Status success.'),
  failed_requests: count('Status error or timeout.'),
  pending_requests: count('Started and not ended, or logged without a status; in no other number here.'),
  interrupted_requests: count('Pending, and the process that made them is gone.'),
  error_rate: number('failed_requests / total_requests; 0 when there are none.'),
  total_tokens: count('prompt_tokens + completion_tokens.'),
  prompt_tokens: count('Tokens in.'),
  completion_tokens: count('Tokens out.'),
  cache_read_tokens: count('Part of prompt_tokens.'),
  cache_write_tokens: count('Part of prompt_tokens.'),
  reasoning_tokens: count('Part of completion_tokens.'),
  average_latency_ms: number('Over the requests that carry a latency; 0 when there are none.'),
  latency_ms: percentiles('Within 1% of the nearest rank; max is exact. 0 when there are none.'),
  time_to_first_token_ms: percentiles('Within 1% of the nearest rank; max is exact. 0 when there are none.'),
  output_tokens_per_second: number('Completion tokens per second of latency.'),
  estimated_cost: number('USD, of the priced requests.'),
  unpriced_requests: count('Requests with tokens and no known price.'),
  estimated_usage_requests: count('Requests whose tokens were not counted by the provider.'),
  summarized_requests: count('Requests of which retention left only what is counted; they are in no list.'),
} satisfies TProperties

export const MeasuresSchema = Type.Object(measures, {
  $id: 'Measures',
  description: 'What is measured of any set of requests.',
})

/** The measures, and what else a place has. */
const withMeasures = (more: TProperties) => Type.Intersect([named('Measures'), Type.Object(more)])

const requestsAndTokens = {
  requests: count('As total_requests.'),
  tokens: count('As total_tokens.'),
} satisfies TProperties

const integrity = Type.Object(
  {
    received: count('Lines to write: persisted + rejected + dropped.'),
    persisted: count(
      'Intact lines in the files of the scope, whoever wrote them. A request that was started and then ended has two.',
    ),
    rejected: count('Refused, as invalid or by the disk; the caller was told.'),
    dropped: count('Given up by a capture, which does not throw, or not logged by the proxy.'),
    damaged: count(
      'Lines in the files of the scope that are no entries and were skipped, whoever wrote them.',
    ),
    recovered: count(
      'Files whose last line was torn when a process took them over, and which it fenced off.',
    ),
  },
  {
    description:
      'How complete the log is, over all processes that ever wrote to the scope, whatever the dates and filters; for a chat that of its project. Calls that named no project there is are in the global numbers only. What another process refused is counted a second later at the latest.',
  },
)

export const ScopeSchema = Type.Object({
  type: Type.Enum(['global', 'project', 'chat']),
  project_id: Type.Optional(Type.String()),
  chat_id: Type.Optional(Type.String()),
})

const fields = {
  scope: ScopeSchema,
  period: Type.Object(
    { from: TextOrNull('First.'), to: TextOrNull('Last.') },
    { description: 'As asked for, else the first and last entry, else null.' },
  ),
  summary: withMeasures({ integrity }),
  breakdown: Type.Array(withMeasures(requestsAndTokens), {
    description:
      'A row for each group, in order of its key. A row names its group: `period` for hour, day, week or month (where two of them are asked for, the first; the second is under its own word, such as `month`), the name of the dimension otherwise.',
  }),
  models: Type.Record(Type.String(), withMeasures({ ...requestsAndTokens, cost: number('USD.') }), {
    description: 'By name of the model.',
  }),
} satisfies TProperties

export const StatsSchema = Type.Object(fields, { $id: 'Stats' })

export const ChatStatsSchema = Type.Intersect(
  [
    named('Stats'),
    Type.Object({
      message_count: count('Messages of the chat, whatever the dates.'),
      models_used: Type.Array(Type.String(), {
        description: 'Names of the models of the counted requests, in alphabetical order.',
      }),
    }),
  ],
  { $id: 'ChatStats' },
)
