import { describe, expect, test } from 'vitest'
import { BAD_IDS } from '../../test/fixtures/bad-ids.js'
import { ValidationError } from '../errors.js'
import type { LLMRequestLogEntry, LoggedEntry } from './entry.js'
import { lineOf, prepareEntry } from './prepare.js'

const NOW = Date.UTC(2026, 0, 31, 14)
const NOW_TEXT = '2026-01-31T14:00:00.000Z'
const MINIMAL = { project_id: 'p', chat_id: 'c', model: 'gpt-4o' }

function completeEntry(entry: LLMRequestLogEntry, now: number, operation: string): LoggedEntry {
  return JSON.parse(lineOf(prepareEntry(entry, now, operation), '', operation))
}

function complete(fields: Record<string, unknown>) {
  return completeEntry({ ...MINIMAL, ...fields } as LLMRequestLogEntry, NOW, 'test')
}

function problemsOf(fields: Record<string, unknown>) {
  try {
    complete(fields)
  } catch (error) {
    if (error instanceof ValidationError) return error.problems
    throw error
  }
  return []
}

describe('prepareEntry', () => {
  test('fills in the defaults of a pending entry', () => {
    expect(complete({})).toEqual({
      ...MINIMAL,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: 'pending',
      timestamp_start: NOW_TEXT,
      request_type: 'chat',
      messages_included: [],
      output_format_hint: 'text',
      usage_source: 'none',
      schema_version: 1,
    })
  })

  test('does not change the argument, whatever it holds', () => {
    const entry = Object.freeze({
      ...MINIMAL,
      usage: Object.freeze({ total_tokens: 5 }),
      timings: Object.freeze({}),
      latency_ms: 3,
      tags: Object.freeze(['a']),
    })
    const before = JSON.stringify(entry)
    completeEntry(entry, NOW, 'test')
    expect(JSON.stringify(entry)).toBe(before)
  })

  test('keeps unknown fields as they came, own keys named __proto__ and constructor too', () => {
    const entry = JSON.parse(
      '{"project_id":"p","chat_id":"c","model":"m","__proto__":{"x":1},"constructor":2,"new":[1]}',
    )
    const completed = completeEntry(entry, NOW, 'test')
    expect(completed).toMatchObject({ new: [1] })
    expect(JSON.stringify(completed)).toContain('"__proto__":{"x":1}')
    expect(JSON.stringify(completed)).toContain('"constructor":2')
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
  })

  test('two names with lone surrogates stay two fields, in each group', () => {
    const names = { '\ud800': 1, '\ud801': 2 }
    const kept = { '\ufffdd800': 1, '\ufffdd801': 2 }
    expect(complete({ ...names, usage: names, timings: names, metadata: { at: names } })).toMatchObject({
      ...kept,
      usage: kept,
      timings: kept,
      metadata: { at: kept },
    })
  })

  test.each([
    [
      'parts without a total',
      { prompt_tokens: 3, completion_tokens: 4 },
      { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    ],
    [
      'a total that agrees',
      { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
      { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    ],
    [
      'a total that differs',
      { prompt_tokens: 3, completion_tokens: 4, total_tokens: 9 },
      { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7, reported_total_tokens: 9 },
    ],
    [
      'a total alone',
      { total_tokens: 9 },
      { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9, total_only: true },
    ],
    ['prompt alone', { prompt_tokens: 3 }, { prompt_tokens: 3, completion_tokens: 0, total_tokens: 3 }],
    ['nothing inside', {}, { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }],
    [
      'the details of OpenAI',
      {
        prompt_tokens: 10,
        completion_tokens: 6,
        total_tokens: 16,
        prompt_tokens_details: { cached_tokens: 4, audio_tokens: null },
        completion_tokens_details: { reasoning_tokens: 5, audio_tokens: -1, other: 2 },
      },
      {
        prompt_tokens: 10,
        completion_tokens: 6,
        total_tokens: 16,
        cache_read_tokens: 4,
        reasoning_tokens: 5,
        prompt_tokens_details: { cached_tokens: 4, audio_tokens: null },
        completion_tokens_details: { reasoning_tokens: 5, audio_tokens: -1, other: 2 },
      },
    ],
    [
      'details beside a part that is given',
      { prompt_tokens: 10, cache_read_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } },
      {
        prompt_tokens: 10,
        completion_tokens: 0,
        total_tokens: 10,
        cache_read_tokens: 2,
        prompt_tokens_details: { cached_tokens: 4 },
      },
    ],
    [
      'details that are none',
      { prompt_tokens: 10, prompt_tokens_details: [4], completion_tokens_details: 'x' },
      {
        prompt_tokens: 10,
        completion_tokens: 0,
        total_tokens: 10,
        prompt_tokens_details: [4],
        completion_tokens_details: 'x',
      },
    ],
    [
      'counts of others beside ours',
      { prompt_tokens: 3, input_tokens: 9 },
      { prompt_tokens: 3, completion_tokens: 0, total_tokens: 3, input_tokens: 9 },
    ],
    [
      'all parts',
      {
        prompt_tokens: 10,
        completion_tokens: 6,
        cache_read_tokens: 4,
        cache_write_tokens: 3,
        cache_write_1h_tokens: 2,
        input_audio_tokens: 3,
        reasoning_tokens: 5,
        output_audio_tokens: 1,
      },
      {
        prompt_tokens: 10,
        completion_tokens: 6,
        total_tokens: 16,
        cache_read_tokens: 4,
        cache_write_tokens: 3,
        cache_write_1h_tokens: 2,
        input_audio_tokens: 3,
        reasoning_tokens: 5,
        output_audio_tokens: 1,
      },
    ],
    [
      'parts that are more than their whole together: the later ones are cut',
      {
        prompt_tokens: 10,
        completion_tokens: 6,
        cache_read_tokens: 8,
        cache_write_tokens: 8,
        cache_write_1h_tokens: 8,
        reasoning_tokens: 9,
        output_audio_tokens: 1,
      },
      {
        prompt_tokens: 10,
        completion_tokens: 6,
        total_tokens: 16,
        cache_read_tokens: 8,
        cache_write_tokens: 2,
        cache_write_1h_tokens: 2,
        reasoning_tokens: 6,
        output_audio_tokens: 0,
        repaired: ['cache_write_tokens', 'cache_write_1h_tokens', 'reasoning_tokens', 'output_audio_tokens'],
      },
    ],
    [
      'wholes that are not given are the sums of their parts',
      { cache_read_tokens: 8, cache_write_1h_tokens: 3, reasoning_tokens: 2 },
      {
        prompt_tokens: 11,
        completion_tokens: 2,
        total_tokens: 13,
        cache_read_tokens: 8,
        cache_write_tokens: 3,
        cache_write_1h_tokens: 3,
        reasoning_tokens: 2,
      },
    ],
    [
      'what was repaired before stays named, once',
      { prompt_tokens: 1, cache_read_tokens: 2, repaired: ['prompt_tokens', 'cache_read_tokens', 5] },
      {
        prompt_tokens: 1,
        completion_tokens: 0,
        total_tokens: 1,
        cache_read_tokens: 1,
        repaired: ['prompt_tokens', 'cache_read_tokens'],
      },
    ],
    [
      'a mark of the caller that is none stays as it came',
      { prompt_tokens: 1, repaired: 'all of it' },
      { prompt_tokens: 1, completion_tokens: 0, total_tokens: 1, repaired: 'all of it' },
    ],
    [
      'fields of the provider',
      { prompt_tokens: 1, x: { y: 2 } },
      { prompt_tokens: 1, completion_tokens: 0, total_tokens: 1, x: { y: 2 } },
    ],
  ])('usage: %s', (_, usage, expected) => {
    const completed = complete({ usage })
    expect(completed.usage).toEqual(expected)
    expect(completed.usage_source).toBe('provider')
  })

  test.each([
    ['a top-level latency_ms moves into timings', { latency_ms: 5 }, { latency_ms: 5 }],
    ['timings.latency_ms wins over it', { latency_ms: 5, timings: { latency_ms: 6 } }, { latency_ms: 6 }],
  ])('timings: %s', (_, fields, expected) => {
    const completed = complete(fields)
    expect(completed.timings).toEqual(expected)
    expect(completed).not.toHaveProperty('latency_ms')
  })

  test.each([
    ['a pending entry gets none', {}, undefined],
    ['a final entry ends now', { status: 'success' }, NOW_TEXT],
    [
      'a start and a latency give the end',
      { status: 'error', timestamp_start: '2025-01-01T00:00:00Z', latency_ms: 1500 },
      '2025-01-01T00:00:01.500Z',
    ],
    [
      'never before a start in the future',
      { status: 'timeout', timestamp_start: '2027-01-01T00:00:00Z' },
      '2027-01-01T00:00:00.000Z',
    ],
    [
      'an offset becomes UTC',
      { status: 'success', timestamp_end: '2026-02-01T02:00:00+02:00' },
      '2026-02-01T00:00:00.000Z',
    ],
  ])('timestamp_end: %s', (_, fields, expected) => {
    expect(complete(fields).timestamp_end).toBe(expected)
  })

  test.each(BAD_IDS.filter(([, id]) => id !== undefined))('refuses ids that are %s', (_, id) => {
    expect(problemsOf({ id, project_id: id, chat_id: id }).map(({ code }) => code)).toEqual([
      'INVALID_PROJECT_ID',
      'INVALID_CHAT_ID',
      'INVALID_ID',
    ])
  })

  test.each([
    ['no project', { project_id: undefined }, 'INVALID_PROJECT_ID', 'project_id'],
    ['no model', { model: undefined }, 'INVALID_MODEL', 'model'],
    ['an empty model', { model: '' }, 'INVALID_MODEL', 'model'],
    ['a model with a newline', { model: 'a\nb' }, 'INVALID_MODEL', 'model'],
    ['an unknown status', { status: 'done' }, 'INVALID_STATUS', 'status'],
    ['negative tokens', { usage: { prompt_tokens: -1 } }, 'INVALID_USAGE', 'usage.prompt_tokens'],
    ["Anthropic's own usage", { usage: { input_tokens: 5 } }, 'INVALID_USAGE', 'usage.input_tokens'],
    ['usage in camelCase', { usage: { promptTokens: 5 } }, 'INVALID_USAGE', 'usage.promptTokens'],
    [
      'tokens of 1e400',
      { usage: { prompt_tokens: Number('1e400') } },
      'INVALID_USAGE',
      'usage.prompt_tokens',
    ],
    [
      'tokens of 2^53 + 1',
      { usage: { completion_tokens: 2 ** 53 + 2 } },
      'INVALID_USAGE',
      'usage.completion_tokens',
    ],
    ['tokens as a string', { usage: { total_tokens: '5' } }, 'INVALID_USAGE', 'usage.total_tokens'],
    [
      'negative cache_write_1h_tokens',
      { usage: { cache_write_1h_tokens: -1 } },
      'INVALID_USAGE',
      'usage.cache_write_1h_tokens',
    ],
    [
      'negative input_audio_tokens',
      { usage: { input_audio_tokens: -1 } },
      'INVALID_USAGE',
      'usage.input_audio_tokens',
    ],
    [
      'negative output_audio_tokens',
      { usage: { output_audio_tokens: -1 } },
      'INVALID_USAGE',
      'usage.output_audio_tokens',
    ],
    [
      'parts whose sum is no safe integer',
      { usage: { cache_read_tokens: Number.MAX_SAFE_INTEGER, cache_write_tokens: 1 } },
      'INVALID_USAGE',
      'usage',
    ],
    ['audio in text', { usage: { input_audio_tokens: '5' } }, 'INVALID_USAGE', 'usage.input_audio_tokens'],
    [
      'half a token of audio',
      { usage: { output_audio_tokens: 0.5 } },
      'INVALID_USAGE',
      'usage.output_audio_tokens',
    ],
    ['tokens as a fraction', { usage: { prompt_tokens: 1.5 } }, 'INVALID_USAGE', 'usage.prompt_tokens'],
    [
      'a sum past the safe integers',
      { usage: { prompt_tokens: Number.MAX_SAFE_INTEGER, completion_tokens: 1 } },
      'INVALID_USAGE',
      'usage',
    ],
    ['usage as an array', { usage: [] }, 'INVALID_USAGE', 'usage'],
    ['usage null', { usage: null }, 'INVALID_USAGE', 'usage'],
    ['a latency of NaN', { timings: { latency_ms: Number.NaN } }, 'INVALID_TIMINGS', 'timings.latency_ms'],
    ['a negative top-level latency', { latency_ms: -1 }, 'INVALID_TIMINGS', 'latency_ms'],
    [
      'a start without a zone',
      { timestamp_start: '2026-01-01T00:00:00' },
      'INVALID_TIMESTAMP_START',
      'timestamp_start',
    ],
    [
      'an end before the start',
      { timestamp_start: '2026-01-02T00:00:00Z', timestamp_end: '2026-01-01T00:00:00Z' },
      'INVALID_TIMESTAMP_END',
      'timestamp_end',
    ],
    ['http status 42', { http_status: 42 }, 'INVALID_HTTP_STATUS', 'http_status'],
    ['an error without a message', { error: { code: 'x' } }, 'INVALID_ERROR', 'error'],
    ['tags as a string', { tags: 'a' }, 'INVALID_TAGS', 'tags'],
    ['attempt 0', { attempt: 0 }, 'INVALID_ATTEMPT', 'attempt'],
    ['a cost without a source', { cost: { amount: 1 } }, 'INVALID_COST', 'cost'],
    ['a cost that is a number', { cost: 5 }, 'INVALID_COST', 'cost'],
    ['a cost that is text', { cost: '0.1' }, 'INVALID_COST', 'cost'],
    ['a cost that is a list', { cost: [1] }, 'INVALID_COST', 'cost'],
    ['a cost of null', { cost: null }, 'INVALID_COST', 'cost'],
    ['an empty project', { project_id: '' }, 'INVALID_PROJECT_ID', 'project_id'],
    [
      'a function in place of a text',
      { model: Object.assign(() => 1, { toString: null }) },
      'INVALID_MODEL',
      'model',
    ],
    [
      'a message id that climbs',
      { messages_included: ['../x'] },
      'INVALID_MESSAGES_INCLUDED',
      'messages_included',
    ],
    ['touched files that are numbers', { touched_files: [1] }, 'INVALID_TOUCHED_FILES', 'touched_files'],
    ['a request type nobody knows', { request_type: 'x' }, 'INVALID_REQUEST_TYPE', 'request_type'],
    [
      'a hint nobody knows',
      { output_format_hint: 'pdf' },
      'INVALID_OUTPUT_FORMAT_HINT',
      'output_format_hint',
    ],
    ['a user of 300 characters', { user_id: 'u'.repeat(300) }, 'INVALID_TEXT_FIELD', 'user_id'],
  ])('refuses %s', (_, fields, code, field) => {
    expect(problemsOf(fields)).toEqual([expect.objectContaining({ code, field })])
  })

  test('an Error with a code is an error of the entry', () => {
    const error = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
    expect(complete({ status: 'error', error }).error).toMatchObject({
      code: 'ECONNRESET',
      message: 'read ECONNRESET',
    })
  })

  test('usage behind getters of a class is read', () => {
    class Counted {
      get prompt_tokens(): number {
        return 3
      }
    }
    expect(complete({ usage: new Counted() }).usage).toEqual({
      prompt_tokens: 3,
      completion_tokens: 0,
      total_tokens: 3,
    })
  })

  test('lists all problems at once', () => {
    const codes = problemsOf({ project_id: '', model: 5, status: 'x' }).map(({ code }) => code)
    expect(codes).toEqual(['INVALID_PROJECT_ID', 'INVALID_MODEL', 'INVALID_STATUS'])
  })

  test.each([
    ['usage', 'prompt_tokens'],
    ['timings', 'latency_ms'],
    ['error', 'code'],
    ['cost', 'amount'],
    ['metadata', 'text'],
  ])('a getter inside %s that throws is no reason to throw anything else', (field, inner) => {
    const group = {
      get [inner](): unknown {
        throw new Error('boom')
      },
    }
    if (field === 'metadata')
      expect(complete({ metadata: group }).metadata).toEqual({ text: '[threw: boom]' })
    else
      expect(problemsOf({ [field]: group })).toEqual([
        { code: 'INVALID_ENTRY', field, message: 'reading it threw: boom' },
      ])
  })

  test('only own fields are fields: a class must not bring its prototype', () => {
    class Entry {
      project_id = 'p'
      status = 'success'
      get model(): string {
        return 'm'
      }
      get chat_id(): string {
        return 'c'
      }
    }
    expect(() => completeEntry(new Entry() as unknown as LLMRequestLogEntry, NOW, 'test')).toThrow(
      /chat_id: is missing; model: is missing/,
    )
  })

  test.each([
    ['timings', 'latency_ms', { latency_ms: 3 }, [undefined, 5, 6]],
    ['usage', 'reported_total_tokens', { usage: { prompt_tokens: 1, total_tokens: 9 } }, [undefined, 5, 6]],
    ['cost', 'amount', { cost: { source: 'provider' } }, [1, 'evil', 2]],
    ['error', 'code', { error: { message: 'm' } }, ['a', 42, 'b']],
  ])(
    'what %s answers differently each time is read once, and no field is written twice',
    (group, name, fields, answers) => {
      let times = 0
      const given = Object.defineProperty({ ...(fields as Record<string, object>)[group] }, name, {
        enumerable: true,
        get: () => answers[times++],
      })
      const text = lineOf(
        prepareEntry(
          { ...MINIMAL, status: 'success', ...fields, [group]: given } as LLMRequestLogEntry,
          NOW,
          'test',
        ),
        '',
        'test',
      )
      expect(times).toBe(1)
      expect(text.split(`"${name}":`).length).toBeLessThanOrEqual(2)
    },
  )

  test('a mark of a total alone that is undefined is no mark', () => {
    expect(complete({ usage: { total_tokens: 5, total_only: undefined } }).usage).toMatchObject({
      total_only: true,
    })
  })

  test.each([
    ['null', null],
    ['a string', 'x'],
    ['an array', []],
    ['undefined', undefined],
  ])('refuses %s in place of an entry', (_, entry) => {
    expect(() => completeEntry(entry as unknown as LLMRequestLogEntry, NOW, 'test')).toThrow(ValidationError)
  })

  test.each(['usage', 'timings', 'cost', 'error', 'messages_included'])(
    'a revoked proxy in %s is a problem of its field',
    (field) => {
      const { proxy, revoke } = Proxy.revocable({}, {})
      revoke()
      expect(problemsOf({ model: '', [field]: proxy }).map(({ code, field }) => [code, field])).toEqual([
        ['INVALID_MODEL', 'model'],
        ['INVALID_ENTRY', field],
      ])
    },
  )

  test('a required field that throws has one problem', () => {
    const entry = Object.defineProperty({ ...MINIMAL }, 'model', {
      enumerable: true,
      get: () => {
        throw new Error('boom')
      },
    })
    expect(() => completeEntry(entry, NOW, 'test')).toThrow(/^[^;]*model: reading it threw: boom$/)
  })

  test.each([
    ['project', { project_id: 'q' }],
    ['status', { status: 'error' }],
    ['start', { timestamp_start: '2025-01-01T00:00:00.000Z' }],
    ['end', { timestamp_end: '2026-01-31T15:00:00.000Z' }],
    ['chat', { chat_id: 'd' }],
    ['model', { model: 'other' }],
    ['request type', { request_type: 'tool' }],
    ['provider', { provider: 'azure' }],
  ])('an entry that differs from the one before by its %s alone is written with its own', (_, own) => {
    const fields = { ...MINIMAL, id: 'x', status: 'success' }
    const first = complete(fields)
    expect(complete({ ...fields, ...own })).toMatchObject(own)
    expect(complete(fields)).toEqual(first)
  })

  test('a getter that throws is a problem of its field', () => {
    const entry = {
      ...MINIMAL,
      get metadata(): unknown {
        throw new Error('boom')
      },
    }
    expect(() => completeEntry(entry, NOW, 'test')).toThrow(/metadata: reading it threw: boom/)
  })
})
