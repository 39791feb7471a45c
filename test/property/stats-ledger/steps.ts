/** Random programs on a workspace of two projects and two ledgers, small so that ids and instants collide. */
import fc from 'fast-check'
import {
  DIMENSIONS,
  type Dimension,
  type GroupBy,
  PERIODS,
  type RetentionOptions,
  type StatsOptions,
  WEEKDAYS,
} from '../../../src/index.js'
import { ZONES } from '../../stats-questions.js'

/** Of two ledgers on the workspace, and of two projects: 0 or 1. */
export type Which = 0 | 1
export type Fields = Readonly<Record<string, unknown>>

export type Step =
  | { readonly do: 'log' | 'start'; readonly by: Which; readonly project: Which; readonly entry: Fields }
  | { readonly do: 'finish'; readonly nth: number; readonly as: 'complete' | 'fail' | 'timeout' }
  /** Bytes of another program, in the file of a slot that nobody has; entries become lines. */
  | { readonly do: 'write'; readonly project: Which; readonly what: Fields | string; readonly end: string }
  | { readonly do: 'rotate' | 'repair' | 'reopen'; readonly by: Which }
  | { readonly do: 'retire'; readonly by: Which; readonly keep: RetentionOptions }
  | { readonly do: 'harm index'; readonly how: 'delete' | 'cut' | 'garble'; readonly nth: number }
  | Question

export interface Question {
  readonly do: 'ask'
  readonly by: Which
  readonly scope: 'global' | { readonly project: Which; readonly chat?: string }
  readonly options: StatsOptions
}

export const CHATS = ['c1', 'c2'] as const
export const GONE = { host: '', pid: 1, started: 'a boot before this one' }
const HOUR = 3_600_000

const which = fc.constantFrom<Which>(0, 1)

function starts(moment: number): fc.Arbitrary<string> {
  const near = fc
    .constantFrom(-48, -25, -24, -1, -0.5, 0, 0.5, 1, 24, 47)
    .map((hours) => moment + hours * HOUR)
  const anywhere = fc.integer({ min: moment - 48 * HOUR, max: moment + 48 * HOUR })
  return fc.oneof(near, anywhere).map((ms) => new Date(ms).toISOString())
}

function entries(moment: number): fc.Arbitrary<Fields> {
  return fc
    .record(
      {
        chat_id: fc.constantFrom(...CHATS),
        model: fc.constantFrom('m', 'n', '__proto__'),
        status: fc.constantFrom('success', 'success', 'error', 'timeout', 'pending'),
        timestamp_start: starts(moment),
        id: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
        /** After the start, ms; few, so that resends end at one instant. */
        took: fc.constantFrom(0, 1000, 1000, 5000),
        usage: fc.record({ prompt_tokens: fc.nat(50), completion_tokens: fc.nat(9) }),
        timings: fc.record(
          { latency_ms: fc.nat(900), time_to_first_token_ms: fc.double({ min: 0, max: 99, noNaN: true }) },
          { requiredKeys: [] },
        ),
        cost: fc.record({
          amount: fc.constantFrom(0.1, 0.2, 0.000_003, null),
          source: fc.constant('provider'),
        }),
        usage_source: fc.constantFrom('provider', 'heuristic'),
        error: fc.constantFrom({ code: 'e1', message: '' }, { code: 'e2', message: '' }),
        tags: fc.constantFrom(['a'], ['a', 'b'], ['b', 'b'], []),
        provider: fc.constantFrom('p1', 'p2'),
        user_id: fc.constantFrom('u1', 'ü'),
        environment: fc.constantFrom('prod', 'test'),
        metadata: fc.constantFrom({ team: 'red' }, { team: 7 }, {}),
      },
      { requiredKeys: ['chat_id', 'model', 'status', 'timestamp_start', 'took'] },
    )
    .map(({ took, ...entry }) =>
      entry.status === 'pending'
        ? { ...entry }
        : { ...entry, timestamp_end: new Date(Date.parse(entry.timestamp_start) + took).toISOString() },
    )
}

const STRANGE = [
  '',
  '\t',
  'garbage',
  '{"id":"r1","status":"success"',
  '{"id":"r2","tags":[',
  '{"id":"r3","status":"done","timestamp_start":"2026-01-01T00:00:00.000Z"}',
  '{"id":"r4","status":"error","timestamp_start":"2026-01-01T00:00:00.000Z","usage":{"prompt_tokens":"9"},"tags":"a","metadata":5}',
  '{"id":"\\ud800","status":"success","timestamp_start":"2026-01-01T00:00:00.000Z","model":"\\ud800"}',
  '}',
  '\0\0',
] as const

/** Both ends mostly open, as dates or instants, in order. */
function ranges(moment: number): fc.Arbitrary<Pick<StatsOptions, 'fromDate' | 'toDate'>> {
  const edge = fc.option(fc.tuple(starts(moment), fc.boolean()), { nil: undefined, freq: 1 })
  return fc.tuple(edge, edge).map((edges) => {
    const [from, to] = edges.every((each) => each !== undefined) ? edges.sort(byStart) : edges
    const shown = (each: Edge): string => (each[1] ? each[0].slice(0, 10) : each[0])
    return {
      ...(from === undefined ? {} : { fromDate: shown(from) }),
      ...(to === undefined ? {} : { toDate: shown(to) }),
    }
  })
}

type Edge = readonly [start: string, isDate: boolean]
const byStart = (a: Edge | undefined, b: Edge | undefined): number =>
  (a?.[0] ?? '') < (b?.[0] ?? '') ? -1 : 1

const FILTERED: readonly (readonly [Dimension, readonly string[]])[] = [
  ['model', ['m', 'other']],
  ['model', ['__proto__', 'other']],
  ['chat', ['c1', 'other']],
  ['tag', ['b', 'other']],
  ['status', ['error', 'timeout']],
  ['user', ['ü', 'other']],
  ['error_code', ['e1', 'other']],
  ['environment', ['prod', 'other']],
  ['metadata.team', ['7', 'other']],
]

function questions(timezone: string, moment: number): fc.Arbitrary<Question> {
  const filter = fc.subarray([...FILTERED], { minLength: 1, maxLength: 2 }).map(Object.fromEntries)
  const groups: readonly GroupBy[] = [...PERIODS, ...DIMENSIONS, 'metadata.team']
  return fc.record({
    do: fc.constant('ask' as const),
    by: which,
    scope: fc.oneof(
      fc.constant('global' as const),
      fc.record({ project: which }),
      fc.record({ project: which, chat: fc.constantFrom(...CHATS) }),
    ),
    options: fc
      .record(
        {
          range: ranges(moment),
          groupBy: fc.uniqueArray(fc.constantFrom(...groups), { minLength: 1, maxLength: 3 }),
          timezone: fc.constant(timezone),
          weekStart: fc.constantFrom(...WEEKDAYS),
          filter,
        },
        { requiredKeys: [] },
      )
      .map(({ range, ...options }) => ({ ...options, ...range })),
  })
}

function stepsAt(timezone: string, moment: number): fc.Arbitrary<Step> {
  const entry = entries(moment)
  const step = <T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.WeightedArbitrary<T> => ({
    weight,
    arbitrary,
  })
  const foreign = entry.map((fields) => ({
    id: 'r1',
    ...fields,
    ...(fields.status === 'pending' ? { writer: GONE } : {}),
  }))
  return fc.oneof(
    step<Step>(
      8,
      fc.record({ do: fc.constantFrom('log', 'log', 'log', 'start'), by: which, project: which, entry }),
    ),
    step<Step>(
      2,
      fc.record({
        do: fc.constant('finish'),
        nth: fc.nat(3),
        as: fc.constantFrom('complete', 'fail', 'timeout'),
      }),
    ),
    step<Step>(
      4,
      fc.record({
        do: fc.constant('write'),
        project: which,
        what: fc.oneof<[fc.Arbitrary<Fields>, fc.Arbitrary<string>]>(foreign, fc.constantFrom(...STRANGE)),
        end: fc.constantFrom('\n', '\n', '\r\n', ''),
      }),
    ),
    step<Step>(4, fc.record({ do: fc.constantFrom('rotate', 'rotate', 'repair', 'reopen'), by: which })),
    step<Step>(
      1,
      fc.record({
        do: fc.constant('retire'),
        by: which,
        keep: fc.constantFrom({ maxBytes: 1 }, { maxSegments: 1 }),
      }),
    ),
    step<Step>(
      2,
      fc.record({
        do: fc.constant('harm index'),
        how: fc.constantFrom('delete', 'cut', 'garble'),
        nth: fc.nat(5),
      }),
    ),
    step<Step>(3, questions(timezone, moment)),
  )
}

export const programs: fc.Arbitrary<readonly Step[]> = fc.constantFrom(...ZONES).chain(([timezone, at]) => {
  const moment = Date.parse(at)
  return fc
    .tuple(
      fc.array(stepsAt(timezone, moment), { minLength: 2, maxLength: 14 }),
      fc.array(questions(timezone, moment), { minLength: 1, maxLength: 2 }),
    )
    .map(([steps, last]) => [...steps, ...last])
})
