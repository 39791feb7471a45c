import { describe, expect, test } from 'vitest'
import type { CountedRequest } from './counted-request.js'
import { FinishedRequests, fits, REMEMBERED } from './finished-requests.js'

function request(id: string, more: Partial<CountedRequest> = {}): CountedRequest {
  return {
    id,
    projectId: 'p',
    chatId: 'c',
    status: 'success',
    endMs: 1,
    prompt: 2,
    completion: 3,
    latency: 4.5,
    cost: 0.006,
    ...more,
  }
}

const CHAT = { projectId: 'p', chatId: 'c' }

describe('FinishedRequests', () => {
  test.each([
    ['all of it', {}],
    ['a failure', { status: 'error' as const }],
    ['no latency and no cost', { latency: undefined, cost: undefined }],
    ['no end', { endMs: Number.NEGATIVE_INFINITY }],
    ['an id of the greatest length', { id: 'x'.repeat(128) }],
  ])('gives back what was added: %s', (_, more) => {
    const finished = new FinishedRequests()
    const added = request('a', more)
    finished.add(added, CHAT)
    expect(finished.get(added.id)).toEqual(added)
  })

  test('of one id it gives the state that was added last, and none once it is forgotten', () => {
    const finished = new FinishedRequests()
    finished.add(request('a'), CHAT)
    finished.forget('a')
    finished.add(request('a', { prompt: 9 }), CHAT)
    expect(finished.get('a')?.prompt).toBe(9)
    finished.forget('a')
    expect(finished.get('a')).toBeUndefined()
  })

  test('remembers the latest, also when it is asked only now and then', () => {
    const finished = new FinishedRequests()
    const count = 3 * REMEMBERED
    for (let i = 0; i < count; i++) {
      finished.add(request(`id-${i}`, { prompt: i }), CHAT)
      if (i % 50_000 === 0) expect(finished.get(`id-${i}`)?.prompt).toBe(i)
    }
    expect(finished.get(`id-${count - 1}`)?.prompt).toBe(count - 1)
    expect(finished.get(`id-${count - REMEMBERED}`)?.prompt).toBe(count - REMEMBERED)
    expect(finished.get(`id-${count - REMEMBERED - 1}`)).toBeUndefined()
    expect(finished.get('id-0')).toBeUndefined()
  })

  test.each([
    ['an id as they are made', '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000', true],
    ['129 characters', 'x'.repeat(129), false],
    ['beyond ASCII', 'ü', false],
  ])('has room for ids of 128 bytes: %s', (_, id, expected) => {
    expect(fits(id)).toBe(expected)
  })
})
