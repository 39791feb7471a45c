import { describe, expect, test } from 'vitest'
import { openTestLedger } from '../fixtures/open-test-ledger.js'

describe('startLLMRequest', () => {
  test('writes a pending line, then a final one of the same id', async () => {
    const { ledger, entry, lines } = await openTestLedger()
    const request = await ledger.startLLMRequest(entry({ tags: ['a'] }))
    expect(lines()).toMatchObject([{ id: request.id, status: 'pending', writer: { pid: process.pid } }])
    expect((await ledger.getStats({ type: 'global' })).summary).toMatchObject({
      totalRequests: 0,
      pendingRequests: 1,
    })

    const result = await request.complete({
      usage: { prompt_tokens: 3, completion_tokens: 4 },
      finish_reason: 'stop',
    })
    expect(result).toMatchObject({ id: request.id, logged: true })
    const [pending, final] = lines()
    expect(final).toMatchObject({
      id: request.id,
      status: 'success',
      tags: ['a'],
      finish_reason: 'stop',
      usage: { total_tokens: 7 },
      usage_source: 'provider',
      timestamp_start: pending?.timestamp_start,
      timings: { latency_ms: expect.any(Number), total_duration_ms: expect.any(Number) },
    })
    expect(final).not.toHaveProperty('writer')
    expect((await ledger.getStats({ type: 'global' })).summary).toMatchObject({
      totalRequests: 1,
      pendingRequests: 0,
      totalTokens: 7,
    })
    expect(ledger.getCachedStats({ type: 'global' })).toMatchObject({ totalRequests: 1, pendingRequests: 0 })
  })

  test.each([
    ['an Error', new TypeError('boom'), { code: 'TypeError', message: 'boom' }, undefined],
    [
      'an Error with code and status',
      Object.assign(new Error('slow down'), { code: 'rate_limit', status: 429 }),
      { code: 'rate_limit', message: 'slow down' },
      429,
    ],
    ['{code, message}', { code: 'x', message: 'y' }, { code: 'x', message: 'y' }, undefined],
    ['a string', 'boom', { code: 'unknown', message: 'boom' }, undefined],
    ['undefined', undefined, { code: 'unknown', message: 'undefined' }, undefined],
  ])('fail with %s', async (_, thrown, error, status) => {
    const { ledger, entry, lines } = await openTestLedger()
    await (await ledger.startLLMRequest(entry())).fail(thrown)
    expect(lines()[1]).toMatchObject({ status: 'error', error })
    expect(lines()[1]?.http_status).toBe(status)
  })

  test('timeout counts as failed', async () => {
    const { ledger, entry, lines } = await openTestLedger()
    await (await ledger.startLLMRequest(entry())).timeout({ timings: { latency_ms: 30_000 } })
    expect(lines()[1]).toMatchObject({
      status: 'timeout',
      error: { code: 'timeout' },
      timings: { latency_ms: 30_000 },
    })
    expect((await ledger.getStats({ type: 'global' })).summary).toMatchObject({ failedRequests: 1 })
  })

  test('a latency that the caller measured wins, given either way', async () => {
    const { ledger, entry, lines } = await openTestLedger()
    await (await ledger.startLLMRequest(entry())).complete({ latency_ms: 30 })
    await (await ledger.startLLMRequest(entry())).complete({ timings: { latency_ms: 40 } })
    expect([lines()[1]?.timings, lines()[3]?.timings]).toMatchObject([{ latency_ms: 30 }, { latency_ms: 40 }])
  })

  test('hostile values never throw in the mode for capture, and are a ValidationError in the other', async () => {
    const { ledger, entry } = await openTestLedger()
    const throwing = Object.defineProperty({ ...entry() }, 'metadata', {
      enumerable: true,
      get: () => {
        throw new Error('boom')
      },
    })
    await expect(ledger.startLLMRequest(throwing)).rejects.toMatchObject({ name: 'ValidationError' })
    const handle = await ledger.startLLMRequest(throwing, { onError: 'never' })
    expect(await handle.complete(throwing)).toMatchObject({ logged: false })
    const good = await ledger.startLLMRequest(entry())
    await expect(good.complete(throwing)).rejects.toMatchObject({ name: 'ValidationError' })
    expect(await good.complete(null as unknown as object)).toMatchObject({ logged: true })
  })

  test('a second end is refused and writes nothing', async () => {
    const { ledger, entry, lines } = await openTestLedger()
    const request = await ledger.startLLMRequest(entry())
    await request.complete()
    await expect(request.fail('late')).rejects.toMatchObject({ code: 'REQUEST_ALREADY_ENDED' })
    expect(lines()).toHaveLength(2)
  })

  test('an end that is not valid may be corrected', async () => {
    const { ledger, entry, lines } = await openTestLedger()
    const request = await ledger.startLLMRequest(entry())
    await expect(request.complete({ usage: { prompt_tokens: -1 } })).rejects.toMatchObject({
      code: 'INVALID_USAGE',
    })
    await request.complete({ usage: { prompt_tokens: 1 } })
    expect(lines()).toHaveLength(2)
  })

  test('a start that is not valid rejects, and never throws in the mode for capture', async () => {
    const { ledger, entry } = await openTestLedger()
    await expect(ledger.startLLMRequest(entry({ model: '' }))).rejects.toMatchObject({
      code: 'INVALID_MODEL',
    })
    const request = await ledger.startLLMRequest(entry({ model: '' }), { onError: 'never' })
    expect(await request.complete()).toMatchObject({ logged: false })
    expect(await request.complete()).toMatchObject({ logged: false })
  })
})
