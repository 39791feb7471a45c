/** Random lines and files for the stats: hostile where a file can be, and crowded so that ids repeat. */
import fc from 'fast-check'
import type { Writer } from '../src/entry/entry.js'

const HOUR = 3_600_000

/** Mostly within two days of the moment, sometimes anywhere. */
export function instants(moment: number): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -48 * HOUR, max: 48 * HOUR }).map((shift) => moment + shift) },
    { weight: 1, arbitrary: fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(2040, 0) }) },
    { weight: 1, arbitrary: fc.constantFrom(moment, moment - 1, Date.UTC(1912, 5, 30, 23, 59, 59, 999)) },
  )
}

function timestamps(moment: number): fc.Arbitrary<unknown> {
  const written = instants(moment).map((ms) => new Date(ms).toISOString())
  return fc.oneof(
    { weight: 30, arbitrary: written },
    { weight: 1, arbitrary: written.map((text) => text.replace('Z', '+05:30')) },
    { weight: 1, arbitrary: written.map((text) => `${text.slice(0, 16)}-0230`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('2026-02-30T00:00:00.000Z', 'yesterday', '2026-01-31', 5, null, ''),
    },
  )
}

export const TEXTS = fc.constantFrom(
  'a',
  'b',
  'B',
  '',
  'ü',
  '\u{1f600}',
  '\uffee',
  "it's",
  '__proto__',
  'x"y',
  'nul\u0000l',
)
const text = fc.oneof(
  { weight: 12, arbitrary: TEXTS },
  { weight: 1, arbitrary: fc.constantFrom(null, 5, true, ['x', 1], { y: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom('\ud800', 'a\udc00', '\ud83d\u{1f600}') },
)
const tokens = fc.oneof(
  { weight: 12, arbitrary: fc.nat(5000) },
  { weight: 1, arbitrary: fc.constantFrom(null, '5', true, 1.5, -3, 2 ** 53, 1e300, [7]) },
)
const milliseconds = fc.oneof(
  { weight: 12, arbitrary: fc.nat(9000) },
  { weight: 4, arbitrary: fc.double({ min: 0, max: 1e5, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, -1, '12', null, false) },
)
const dollars = fc.oneof(
  { weight: 8, arbitrary: fc.nat(10_000_000).map((millionths) => millionths / 1e6) },
  { weight: 1, arbitrary: fc.constantFrom(null, 0, '1', -1) },
)

export const METADATA_KEYS = [
  'team',
  'a.b',
  'q"uo',
  "it's",
  'x/y~z',
  'ü',
  '$',
  '*',
  '0',
  '__proto__',
  ' ',
] as const

const metadata = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.dictionary(
      fc.constantFrom(...METADATA_KEYS),
      fc.oneof(
        text,
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true, min: 0.001, max: 1000 }),
      ),
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(null, 'team', ['team'], 5) },
)

export const WRITERS: readonly Writer[] = [1, 2, 3].map((pid) => ({
  host: 'h\u0000"',
  pid,
  started: `t${pid}`,
}))

function entries(moment: number): fc.Arbitrary<Record<string, unknown>> {
  return (
    fc
      .record(
        {
          chat_id: text,
          project_id: text,
          model: text,
          provider: text,
          user_id: text,
          session_id: text,
          environment: text,
          request_type: text,
          timestamp_end: timestamps(moment),
          usage: fc.oneof(
            {
              weight: 12,
              arbitrary: fc.record(
                {
                  prompt_tokens: tokens,
                  completion_tokens: tokens,
                  cache_read_tokens: tokens,
                  cache_write_tokens: tokens,
                  reasoning_tokens: tokens,
                },
                { requiredKeys: [] },
              ),
            },
            { weight: 1, arbitrary: fc.constantFrom(null, 'many', 7, [5]) },
          ),
          timings: fc.record(
            { latency_ms: milliseconds, time_to_first_token_ms: milliseconds },
            { requiredKeys: [] },
          ),
          cost: fc.record({ amount: dollars, source: fc.constant('price_book') }),
          usage_source: fc.constantFrom('provider', 'tokenizer', 'heuristic', 'none', 5),
          error: fc.oneof(
            fc.constant(null),
            fc.record({ code: text, message: fc.constant('m') }),
            fc.constant('broken'),
          ),
          tags: fc.oneof(
            { weight: 8, arbitrary: fc.array(text, { maxLength: 3 }) },
            { weight: 1, arbitrary: fc.constantFrom('a', 5, null) },
          ),
          metadata,
          writer: fc.constantFrom(...WRITERS, { host: 'h' }, 'me', null),
          id: fc.oneof(
            { weight: 20, arbitrary: fc.integer({ min: 0, max: 20 }).map((n) => `id-${n}`) },
            { weight: 1, arbitrary: fc.constantFrom('', 'ü"\\/', 5, null) },
          ),
          status: fc.oneof(
            { weight: 20, arbitrary: fc.constantFrom('pending', 'success', 'success', 'error', 'timeout') },
            { weight: 1, arbitrary: fc.constantFrom('done', null, 'SUCCESS') },
          ),
          timestamp_start: timestamps(moment),
        },
        { requiredKeys: ['id', 'status', 'timestamp_start'] },
      )
      // fast-check's objects may have no prototype or be shared; lines are what is tested.
      .map((entry) => ({ ...entry }))
  )
}

/** What a line of a file may be, as bytes without its end. */
function lines(moment: number): fc.Arbitrary<Buffer> {
  const intact = entries(moment).map((entry) => Buffer.from(JSON.stringify(entry)))
  return fc.oneof(
    { weight: 20, arbitrary: intact },
    {
      weight: 3,
      arbitrary: fc
        .tuple(intact, fc.nat(9_999))
        .map(([line, at]) => line.subarray(0, Math.floor((line.length * at) / 10_000))),
    },
    { weight: 1, arbitrary: fc.tuple(intact, intact).map((pair) => Buffer.concat(pair)) },
    {
      weight: 1,
      arbitrary: intact.map((line) => Buffer.concat([Buffer.from('  '), line, Buffer.from('\t ')])),
    },
    {
      weight: 1,
      arbitrary: intact.map((line) =>
        Buffer.from(line.toString().replace('"usage":', '"usage":1e400,"other":')),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom<Buffer>(
        ...[
          '',
          '   ',
          '\t',
          '[]',
          '{}',
          'null',
          '"text"',
          '5',
          '{"id":"id-1"',
          '{"id":"id-1","tags":[',
          ']}',
          '}',
          '"status":"success"}',
          'garbage',
          '}{',
          '\0\0\0\0',
          '[{"id":"id-1"}]',
          '\ufeff{}',
        ].map((line) => Buffer.from(line)),
        Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
        Buffer.from([0xc3]),
      ),
    },
  )
}

/** The bytes of one file: mixed line ends, the last one sometimes missing. */
export function files(moment: number): fc.Arbitrary<Buffer> {
  return fc
    .tuple(
      fc.array(fc.tuple(lines(moment), fc.constantFrom('\n', '\n', '\n', '\r\n')), {
        minLength: 1,
        maxLength: 14,
      }),
      fc.boolean(),
    )
    .map(([content, ended]) => {
      const bytes = Buffer.concat(content.flatMap(([line, end]) => [line, Buffer.from(end)]))
      return ended || !bytes.subarray(-1).equals(Buffer.from('\n')) ? bytes : bytes.subarray(0, -1)
    })
}
