import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../test/fixtures/temp-folder.js'
import type { LoggedEntry } from '../entry/entry.js'
import { type CountedRequest, countedOf } from './counted-request.js'
import { LiveCounters } from './live-counters.js'

function entry(id: string, more: Partial<LoggedEntry> = {}): LoggedEntry {
  return {
    id,
    project_id: 'p',
    chat_id: 'c',
    model: 'm',
    status: 'success',
    timestamp_start: '2026-01-01T00:00:00.000Z',
    timestamp_end: '2026-01-01T00:00:01.000Z',
    request_type: 'chat',
    output_format_hint: 'text',
    usage_source: 'provider',
    schema_version: 1,
    ...more,
  }
}

function counted(id: string, more: Partial<LoggedEntry> = {}): CountedRequest {
  return countedOf(entry(id, more))
}

const global = { type: 'global' } as const

describe('LiveCounters', () => {
  test('adds each entry to its chat, its project and everything', () => {
    const counters = new LiveCounters()
    const priced = {
      usage: { prompt_tokens: 3, completion_tokens: 4 },
      cost: { amount: 0.1, source: 'provider' },
    } as const
    counters.count(counted('1', { ...priced, timings: { latency_ms: 10 } }))
    counters.count(
      counted('2', { ...priced, cost: { amount: 0.2, source: 'provider' }, timings: { latency_ms: 20 } }),
    )
    counters.count(counted('3', { chat_id: 'd', status: 'timeout' }))
    counters.count(
      counted('4', { project_id: 'q', status: 'error', usage: { prompt_tokens: 1, completion_tokens: 0 } }),
    )
    expect(counters.read(global)).toEqual({
      scope: global,
      totalRequests: 4,
      successfulRequests: 2,
      failedRequests: 2,
      pendingRequests: 0,
      totalTokens: 15,
      promptTokens: 7,
      completionTokens: 8,
      averageLatencyMs: 15,
      estimatedCost: 0.3,
      unpricedRequests: 1,
    })
    expect(counters.read({ type: 'project', projectId: 'p' })).toMatchObject({
      totalRequests: 3,
      unpricedRequests: 0,
    })
    expect(counters.read({ type: 'chat', projectId: 'p', chatId: 'd' })).toMatchObject({ failedRequests: 1 })
  })

  test('a scope without entries is all zeros', () => {
    expect(new LiveCounters().read(global)).toMatchObject({
      totalRequests: 0,
      averageLatencyMs: 0,
      estimatedCost: 0,
    })
  })

  test.each([
    [
      'pending, then final',
      [{ status: 'pending' }, { status: 'success' }],
      { successfulRequests: 1, pendingRequests: 0 },
    ],
    [
      'final, then a late pending',
      [{ status: 'success' }, { status: 'pending' }],
      { successfulRequests: 1, pendingRequests: 0 },
    ],
    ['the same final twice', [{}, {}], { totalRequests: 1 }],
    [
      'a later end wins',
      [{ status: 'error' }, { timestamp_end: '2026-01-01T00:00:02.000Z' }],
      { successfulRequests: 1, failedRequests: 0 },
    ],
    [
      'an earlier end loses',
      [{ timestamp_end: '2026-01-01T00:00:02.000Z' }, { status: 'error' }],
      { successfulRequests: 1, failedRequests: 0 },
    ],
  ])('an id counts once: %s', (_, states, expected) => {
    const counters = new LiveCounters()
    for (const state of states) counters.count(counted('1', state as Partial<LoggedEntry>))
    expect(counters.read(global)).toMatchObject(expected)
  })

  test('an id in two projects counts in each, and once in all', () => {
    const counters = new LiveCounters()
    counters.count(counted('1'))
    counters.count(counted('1', { project_id: 'q' }))
    const requests = (projectId: string) => counters.read({ type: 'project', projectId }).totalRequests
    expect([requests('p'), requests('q'), counters.read(global).totalRequests]).toEqual([1, 1, 1])
  })

  test('hydrates from files and passes over damage', async () => {
    const path = join(tempFolder(), 'log')
    writeFileSync(path, `${JSON.stringify(entry('1'))}\ngarbage\n${JSON.stringify(entry('2'))}\n{"id":"torn`)
    const counters = new LiveCounters()
    await counters.hydrate([path])
    expect(counters.read(global).totalRequests).toBe(2)
  })

  test('hydrates from every form of a segment, and from what is left of a cut one', async () => {
    const folder = tempFolder()
    const lines = (...ids: string[]) => gzipSync(ids.map((id) => `${JSON.stringify(entry(id))}\n`).join(''))
    const summarized = `${JSON.stringify({ ...entry('5'), summarized: true })}\n`
    writeFileSync(join(folder, 'log.summary.jsonl.gz'), gzipSync(summarized))
    writeFileSync(join(folder, 'log.jsonl.gz'), lines('1', '2'))
    writeFileSync(join(folder, 'cut.jsonl.gz'), lines('3').subarray(0, -8))
    writeFileSync(join(folder, 'bad.jsonl.gz'), 'no gzip')
    writeFileSync(join(folder, 'log.jsonl'), `${JSON.stringify(entry('4'))}\n`)
    const counters = new LiveCounters()
    await counters.hydrate(readdirSync(folder).map((name) => join(folder, name)))
    expect(counters.read(global).totalRequests).toBe(5)
  })
})
