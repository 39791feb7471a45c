import { describe, expect, test } from 'vitest'
import { periodsOf } from './running-period.js'
import { type Asked, Spending, type SpendingParts, type SpentRequest } from './spending.js'

const PROJECT = { type: 'project', projectId: 'p' } as const
const MIDNIGHT = Date.UTC(2026, 10, 30)

interface Setup {
  readonly spending: Spending
  readonly asked: { readonly fromMs: number; readonly toMs: number }[]
  readonly errors: unknown[]
  nowMs: number
  answer: () => Promise<Asked>
}

function setup(parts: Partial<SpendingParts> = {}): Setup {
  const found = {
    asked: [] as { fromMs: number; toMs: number }[],
    errors: [] as unknown[],
    nowMs: MIDNIGHT - 60_000,
    answer: (): Promise<Asked> => Promise.resolve({ usd: 1, unpriced: 2 }),
  }
  const spending = new Spending({
    scope: PROJECT,
    periodOf: periodsOf({ period: 'day', timezone: 'UTC', weekStart: 'monday' }),
    ask: (_scope, period) => {
      found.asked.push(period)
      return found.answer()
    },
    now: () => found.nowMs,
    everyMs: 5_000,
    report: (error) => found.errors.push(error),
    ...parts,
  })
  return Object.assign(found, { spending })
}

function request(more: Partial<SpentRequest> = {}): SpentRequest {
  return {
    projectId: 'p',
    chatId: 'c',
    startMs: MIDNIGHT - 1,
    prompt: 10,
    completion: 5,
    cost: 0.25,
    ...more,
  }
}

describe('Spending', () => {
  test('asks once, then counts by itself', async () => {
    const one = setup()
    expect(one.spending.known).toBeUndefined()
    expect(await one.spending.current()).toMatchObject({ usd: 1, unpriced: 2 })
    one.spending.take(request())
    one.spending.take(request({ cost: undefined }))
    expect(await one.spending.current()).toMatchObject({ usd: 1.25, unpriced: 3 })
    expect(one.asked).toHaveLength(1)
  })

  test.each([
    ['of another project', request({ projectId: 'q' })],
    ['that began on another day', request({ startMs: MIDNIGHT - 86_400_001 })],
    ['of tomorrow', request({ startMs: MIDNIGHT })],
    [
      'without tokens and price, which is not unpriced',
      request({ cost: undefined, prompt: 0, completion: 0 }),
    ],
  ])('leaves out a request %s', async (_name, other) => {
    const one = setup()
    await one.spending.current()
    one.spending.take(other)
    expect(one.spending.known).toMatchObject({ usd: 1, unpriced: 2 })
  })

  test.each([
    ['everything', { type: 'global' } as const, request({ projectId: 'q' }), 1.25],
    ['the chat', { type: 'chat', projectId: 'p', chatId: 'c' } as const, request(), 1.25],
    ['another chat', { type: 'chat', projectId: 'p', chatId: 'd' } as const, request(), 1],
  ])('counts in a scope of %s', async (_name, scope, ended, usd) => {
    const one = setup({ scope })
    await one.spending.current()
    one.spending.take(ended)
    expect(one.spending.known?.usd).toBe(usd)
  })

  test('a new period begins with what its own question says', async () => {
    const one = setup()
    await one.spending.current()
    one.spending.take(request())
    one.nowMs = MIDNIGHT
    expect(one.spending.known).toBeUndefined()
    one.answer = () => Promise.resolve({ usd: 0.5, unpriced: 0 })
    expect(await one.spending.current()).toMatchObject({
      usd: 0.5,
      period: { fromMs: MIDNIGHT, toMs: MIDNIGHT + 86_399_999 },
    })
    one.spending.take(request({ startMs: MIDNIGHT + 5 }))
    expect(one.spending.known?.usd).toBe(0.75)
  })

  test('a request that ends during a question is asked for again, and counts once', async () => {
    const one = setup()
    one.answer = async () => {
      // In the second answer.
      if (one.asked.length === 1) one.spending.take(request())
      return { usd: one.asked.length === 1 ? 1 : 1.25, unpriced: 0 }
    }
    expect((await one.spending.current()).usd).toBe(1.25)
    expect(one.asked).toHaveLength(2)
  })

  test('requests that end during every question are never left out', async () => {
    const one = setup()
    one.answer = async () => {
      one.spending.take(request())
      return { usd: 0.25 * (one.asked.length - 1), unpriced: 0 }
    }
    // Three ended, of which the last answer has two.
    expect((await one.spending.current()).usd).toBe(0.75)
  })

  test('what others spent is looked for behind the caller, once in a while', async () => {
    const one = setup()
    await one.spending.current()
    one.answer = () => Promise.resolve({ usd: 9, unpriced: 0 })
    one.nowMs += 4_999
    await one.spending.current()
    expect(one.asked).toHaveLength(1)
    one.nowMs += 1
    expect((await one.spending.current()).usd).toBe(1)
    await new Promise((resolve) => setImmediate(resolve))
    expect(one.spending.known?.usd).toBe(9)
  })

  test('a look that fails is reported, and the sum stays', async () => {
    const one = setup()
    await one.spending.current()
    one.answer = () => Promise.reject(new Error('the disk'))
    one.nowMs += 5_000
    expect((await one.spending.current()).usd).toBe(1)
    await new Promise((resolve) => setImmediate(resolve))
    expect(one.errors).toHaveLength(1)
    expect(one.spending.known?.usd).toBe(1)
  })

  test('the first question that fails is the caller to know', async () => {
    const one = setup()
    one.answer = () => Promise.reject(new Error('no such project'))
    await expect(one.spending.current()).rejects.toThrow('no such project')
    one.answer = () => Promise.resolve({ usd: 2, unpriced: 0 })
    expect((await one.spending.current()).usd).toBe(2)
  })

  test('a clock that was ahead is no other period for good', async () => {
    const one = setup()
    one.nowMs = Date.UTC(2036, 0, 1)
    await one.spending.current()
    one.nowMs = MIDNIGHT - 60_000
    expect(one.spending.known).toBeUndefined()
    one.answer = () => Promise.resolve({ usd: 99, unpriced: 0 })
    expect(await one.spending.current()).toMatchObject({ usd: 99, period: { toMs: MIDNIGHT - 1 } })
  })

  test('a question that failed is not due again at once', async () => {
    const one = setup()
    one.answer = () => Promise.reject(new Error('no such project'))
    expect(one.spending.isDue).toBe(true)
    await expect(one.spending.look()).rejects.toThrow('no such project')
    expect(one.spending.isDue).toBe(false)
    one.nowMs += 5_000
    expect(one.spending.isDue).toBe(true)
  })

  test('after a request that was logged again the sum is asked anew', async () => {
    const one = setup()
    await one.spending.current()
    one.spending.forget()
    await one.spending.current()
    expect(one.asked).toHaveLength(2)
  })

  test.each([
    ['hour', 'Asia/Kathmandu', '2026-11-29T17:15:00.000Z', '2026-11-29T18:14:59.999Z'],
    ['day', 'Europe/Berlin', '2026-11-28T23:00:00.000Z', '2026-11-29T22:59:59.999Z'],
    ['week', 'UTC', '2026-11-23T00:00:00.000Z', '2026-11-29T23:59:59.999Z'],
    ['month', 'America/New_York', '2026-11-01T04:00:00.000Z', '2026-12-01T04:59:59.999Z'],
  ] as const)('the %s in %s', (period, timezone, from, to) => {
    const { fromMs, toMs } = periodsOf({ period, timezone, weekStart: 'monday' })(
      Date.UTC(2026, 10, 29, 17, 30),
    )
    expect([new Date(fromMs).toISOString(), new Date(toMs).toISOString()]).toEqual([from, to])
  })
})
