import { appendFileSync, chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type LLMRequestLogEntry, openLedger } from '../../src/index.js'
import { openTestLedger, QUIET } from '../fixtures/open-test-ledger.js'
import { tempFolder } from '../fixtures/temp-folder.js'

describe('logLLMRequest', () => {
  test('appends one line to <project root>/logs/llm_requests.jsonl and says so', async () => {
    const { ledger, project, entry, lines } = await openTestLedger()
    const result = await ledger.logLLMRequest(
      entry({ status: 'success', usage: { prompt_tokens: 1_000, completion_tokens: 100 }, latency_ms: 12 }),
    )
    expect(result).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      logged: true,
      timestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
    })
    expect(lines()).toEqual([
      {
        id: result.id,
        project_id: project.id,
        chat_id: 'chat-1',
        model: 'gpt-4o',
        status: 'success',
        timestamp_start: result.timestamp,
        timestamp_end: result.timestamp,
        request_type: 'chat',
        messages_included: [],
        usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 },
        timings: { latency_ms: 12 },
        output_format_hint: 'text',
        usage_source: 'provider',
        schema_version: 1,
        cost: {
          amount: 0.0035,
          source: 'price_book',
          book_date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
        },
      },
    ])
  })

  test('is in the live counters and in the next getStats when it resolved', async () => {
    const { ledger, project, entry } = await openTestLedger()
    for (let i = 1; i <= 3; i++) {
      await ledger.logLLMRequest(entry({ status: 'success', usage: { total_tokens: 5 } }))
      expect(ledger.getCachedStats({ type: 'project', projectId: project.id })).toMatchObject({
        totalRequests: i,
      })
      expect((await ledger.getStats({ type: 'global' })).summary).toMatchObject({
        totalRequests: i,
        totalTokens: 5 * i,
      })
    }
  })

  test.each([
    ['the first call', 0],
    ['a later call', 1],
  ])("%s does not change the caller's object, and is not changed by it later", async (_, before_calls) => {
    const { ledger, entry, lines } = await openTestLedger()
    for (let i = 0; i < before_calls; i++) {
      await ledger.logLLMRequest(entry({ status: 'success', usage: { total_tokens: 1 } }))
    }
    const metadata = { step: 1 }
    const given = entry({ status: 'success', usage: { total_tokens: 5 }, latency_ms: 1, metadata })
    const before = structuredClone(given)
    const logged = ledger.logLLMRequest(given)
    metadata.step = 2
    await logged
    expect(lines().at(-1)).toMatchObject({ metadata: { step: 1 } })
    expect(given).toEqual({ ...before, metadata: { step: 2 } })
  })

  test('10,000 concurrent calls give 10,000 lines with distinct ids', async () => {
    const { ledger, entry, lines } = await openTestLedger()
    const results = await Promise.all(
      Array.from({ length: 10_000 }, () => ledger.logLLMRequest(entry({ status: 'success' }))),
    )
    expect(new Set(results.map(({ id }) => id)).size).toBe(10_000)
    expect(lines()).toHaveLength(10_000)
  })

  test('a cost given by the caller is kept; a model without a price is unpriced, not free', async () => {
    const { ledger, project, entry, lines } = await openTestLedger()
    const usage = { prompt_tokens: 10, completion_tokens: 10 }
    await ledger.logLLMRequest(entry({ status: 'success', usage, cost: { amount: 0.5, source: 'provider' } }))
    await ledger.logLLMRequest(entry({ status: 'success', usage, model: 'my-own-model' }))
    expect(lines().map(({ cost }) => cost)).toEqual([
      { amount: 0.5, source: 'provider' },
      { amount: null, source: 'none' },
    ])
    const { summary } = await ledger.getStats({ type: 'project', projectId: project.id })
    expect(summary).toMatchObject({ estimatedCost: 0.5, unpricedRequests: 1 })
  })

  test.each([
    [
      'an end in the past without its start',
      { timestamp_end: '2025-01-01T00:00:00Z', latency_ms: 1500 },
      '2024-12-31T23:59:58.500Z',
    ],
    ['the same without a duration', { timestamp_end: '2025-01-01T00:00:00Z' }, '2025-01-01T00:00:00.000Z'],
  ])('the start is never after the end: %s', async (_, fields, start) => {
    const { ledger, entry, lines } = await openTestLedger()
    await ledger.logLLMRequest(entry({ status: 'success', ...fields }))
    expect(lines()[0]).toMatchObject({ timestamp_start: start, timestamp_end: '2025-01-01T00:00:00.000Z' })
  })

  test('a cost no request can have is refused; one in a foreign line is no reason not to open', async () => {
    const { ledger, entry, project, workspace } = await openTestLedger()
    const cost = { amount: 1e300, source: 'override' } as const
    await expect(ledger.logLLMRequest(entry({ status: 'success', cost }))).rejects.toMatchObject({
      code: 'INVALID_COST',
    })
    await ledger.logLLMRequest(entry({ status: 'success' }))
    await ledger.close()
    const foreign = { ...entry(), id: 'x', status: 'success', timestamp_start: '2026-01-01T00:00:00Z' }
    const numbers = '"usage":{"prompt_tokens":-50},"timings":{"latency_ms":1e400},"cost":{"amount":1e400}'
    appendFileSync(
      join(project.paths.logsDir, 'llm_requests.jsonl'),
      `${JSON.stringify(foreign).slice(0, -1)},${numbers}}\n`,
    )
    await using again = await openLedger({ workspace, systemLog: QUIET })
    const { scope: _, ...counters } = again.getCachedStats({ type: 'global' })
    const { summary } = await again.getStats({ type: 'global' })
    expect(summary).toMatchObject(counters)
    expect(counters).toMatchObject({
      totalRequests: 2,
      totalTokens: 0,
      averageLatencyMs: 0,
      estimatedCost: 0,
    })
  })

  test('secrets are redacted before the line is written', async () => {
    const { ledger, entry, lines } = await openTestLedger()
    const key = `sk-proj-${'a1B2'.repeat(10)}`
    await ledger.logLLMRequest(entry({ status: 'error', error: { code: '401', message: `bad key ${key}` } }))
    expect(JSON.stringify(lines())).not.toContain(key)
    expect(lines()[0]).toMatchObject({ error: { message: 'bad key [REDACTED]' } })
  })

  test.each([
    ['an unknown project', { project_id: 'nobody' }, 'NotFoundError', 'PROJECT_NOT_FOUND'],
    ['no project', { project_id: undefined }, 'ValidationError', 'INVALID_PROJECT_ID'],
    ['a project id that climbs', { project_id: '../x' }, 'ValidationError', 'INVALID_PROJECT_ID'],
    ['no chat', { chat_id: undefined }, 'ValidationError', 'INVALID_CHAT_ID'],
    ['no model', { model: undefined }, 'ValidationError', 'INVALID_MODEL'],
    ['a status nobody knows', { status: 'ok' }, 'ValidationError', 'INVALID_STATUS'],
  ])('%s: nothing is written', async (_, more, name, code) => {
    const { ledger, project, entry } = await openTestLedger()
    const logged = ledger.logLLMRequest(entry(more) as LLMRequestLogEntry)
    await expect(logged).rejects.toMatchObject({
      name,
      code,
      operation: 'logLLMRequest',
      hint: expect.any(String),
    })
    expect(() => readFileSync(join(project.paths.logsDir, 'llm_requests.jsonl'))).toThrow(/ENOENT/)
    expect(ledger.integrity()).toMatchObject({ received: 1, persisted: 0, rejected: 1, dropped: 0 })
  })

  test('the log folder is made when it is absent', async () => {
    const { ledger, project, entry, lines } = await openTestLedger()
    rmSync(project.paths.logsDir, { recursive: true })
    await ledger.logLLMRequest(entry())
    expect(lines()).toHaveLength(1)
  })

  test('when the disk refuses: FileSystemError with path and cause, and the next call works again', async () => {
    const { ledger, project, entry, lines } = await openTestLedger()
    await ledger.logLLMRequest(entry())
    const aside = `${project.paths.logsDir}-aside`
    renameSync(project.paths.logsDir, aside)
    writeFileSync(project.paths.logsDir, 'in the way')
    await expect(ledger.logLLMRequest(entry())).rejects.toMatchObject({
      name: 'FileSystemError',
      code: 'LOG_WRITE_ERROR',
      path: join(project.paths.logsDir, 'llm_requests.jsonl'),
      cause: expect.objectContaining({ code: expect.stringMatching(/^(ENOTDIR|EEXIST)$/) }),
    })
    rmSync(project.paths.logsDir)
    renameSync(aside, project.paths.logsDir)
    await ledger.logLLMRequest(entry())
    expect(lines()).toHaveLength(2)
    expect(ledger.getCachedStats({ type: 'global' }).pendingRequests).toBe(2)
    chmodSync(project.paths.logsDir, 0o700)
  })

  test('a closed ledger refuses', async () => {
    const { ledger, entry } = await openTestLedger()
    await ledger.close()
    await expect(ledger.logLLMRequest(entry())).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
    await expect(ledger.getStats({ type: 'global' })).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
  })

  test('close waits for the calls under way', async () => {
    const { ledger, entry, lines } = await openTestLedger()
    const calls = Array.from({ length: 1_000 }, () => ledger.logLLMRequest(entry({ status: 'success' })))
    await ledger.close()
    expect(lines()).toHaveLength(1_000)
    expect((await Promise.all(calls)).every(({ logged }) => logged)).toBe(true)
  })
})

describe('close', () => {
  test('waits for messages, chats and events under way', async () => {
    const { ledger, project, workspace } = await openTestLedger()
    const calls = [
      ledger.appendMessages(project.id, 'c', [{ role: 'user', content: 'hi' }]),
      ledger.createChat({ projectId: project.id, name: 'Chat' }),
      ledger.logProjectEvent(project.id, { event_type: 'x' }),
    ]
    await ledger.close()
    await Promise.all(calls)
    await using again = await openLedger({ workspace, systemLog: QUIET })
    expect(await again.readChat(project.id, 'c')).toHaveLength(1)
    expect(await again.listChats(project.id)).toHaveLength(1)
  })

  test('waits for the work that a capture deferred, and what that logs', async () => {
    const { ledger, entry, lines } = await openTestLedger()
    const capture = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      await ledger.logLLMRequest(entry({ status: 'success' }))
    }
    ledger.defer(capture())
    ledger.defer(Promise.reject(new Error('not the business of the ledger')))
    await ledger.close()
    expect(lines()).toHaveLength(1)
  })

  test('does not wait for ever for work that never ends', async () => {
    const { ledger } = await openTestLedger()
    ledger.defer(new Promise(() => undefined))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    let closed = false
    const closing = ledger.close().then(() => {
      closed = true
    })
    // Each part of closing has a deadline of its own, and sets it when its turn comes.
    for (let i = 0; i < 1_000 && !closed; i++) {
      await new Promise((resolve) => setImmediate(resolve))
      vi.advanceTimersByTime(5_000)
    }
    expect(closed).toBe(true)
    await closing
  })

  test('may be called twice', async () => {
    const { ledger } = await openTestLedger()
    await Promise.all([ledger.close(), ledger.close()])
    await ledger.close()
  })
})

describe("logLLMRequest with onError: 'never'", () => {
  test.each([
    ['an entry that is not valid', { model: 5 }],
    ['an unknown project', { project_id: 'nobody' }],
  ])('%s is dropped and counted', async (_, more) => {
    const { ledger, entry } = await openTestLedger()
    const result = await ledger.logLLMRequest(entry(more) as LLMRequestLogEntry, { onError: 'never' })
    expect(result).toMatchObject({ logged: false })
    expect(ledger.integrity()).toMatchObject({ received: 1, persisted: 0, rejected: 0, dropped: 1 })
  })

  test.each([[undefined], [null], ['x'], [42]])('%j is dropped', async (given) => {
    const { ledger } = await openTestLedger()
    const result = await ledger.logLLMRequest(given as unknown as LLMRequestLogEntry, { onError: 'never' })
    expect(result.logged).toBe(false)
  })

  test('a line the disk refuses is kept, and written once the disk takes it', async () => {
    const { ledger, project, entry, lines } = await openTestLedger()
    rmSync(project.paths.logsDir, { recursive: true })
    writeFileSync(project.paths.logsDir, 'in the way')
    const { id, logged } = await ledger.logLLMRequest(entry({ status: 'success' }), { onError: 'never' })
    expect(logged).toBe(false)
    // The process may be killed while the line waits.
    expect(ledger.integrity()).toMatchObject({ received: 1, persisted: 0, dropped: 1 })
    rmSync(project.paths.logsDir)
    await ledger.close()
    expect(lines()).toMatchObject([{ id }])
    expect(ledger.integrity()).toMatchObject({ received: 1, persisted: 1, dropped: 0 })
  })

  test('a closed ledger drops', async () => {
    const { ledger, entry } = await openTestLedger()
    await ledger.close()
    expect(await ledger.logLLMRequest(entry(), { onError: 'never' })).toMatchObject({ logged: false })
  })
})

describe('openLedger', () => {
  test.each([
    ['an unknown option', { durabillity: 'os' }],
    ['an unknown durability', { durability: 'maybe' }],
    ['a rotation below 4 KiB', { rotation: { maxBytes: 10 } }],
    ['a rotation option that does not exist', { rotation: { weekly: true } }],
    ['an empty workspace', { workspace: '' }],
  ])('refuses %s', async (_, options) => {
    const opened = openLedger({ workspace: tempFolder(), systemLog: QUIET, ...options } as object)
    await expect(opened).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  test.each(['/proc/ledgerline', '/dev/null/x'])(
    'a workspace that cannot be made, %s, is an error',
    async (workspace) => {
      await expect(openLedger({ workspace, systemLog: QUIET })).rejects.toMatchObject({
        code: 'WORKSPACE_NOT_WRITABLE',
        path: workspace,
      })
    },
  )

  test.each([
    ['a-file', 'a-file is a file, not a folder'],
    ['a-file/x', 'a-file/x (a part of this path is a file)'],
  ])('a workspace that is a file is called one: %s', async (name, message) => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'a-file'), '')
    const opened = openLedger({ workspace: join(folder, name), systemLog: QUIET })
    await expect(opened).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_WRITABLE',
      message: expect.stringContaining(message),
    })
  })

  test('counts what the files hold, at open', async () => {
    const { ledger, entry, workspace, project } = await openTestLedger()
    await ledger.logLLMRequest(
      entry({ status: 'success', usage: { prompt_tokens: 2, completion_tokens: 3 } }),
    )
    await ledger.close()
    await using again = await openLedger({ workspace, systemLog: QUIET })
    const scope = { type: 'chat', projectId: project.id, chatId: 'chat-1' } as const
    expect(again.getCachedStats(scope)).toMatchObject({ totalRequests: 1, totalTokens: 5 })
    expect(await again.getChatMetrics(project.id, 'chat-1')).toEqual(again.getCachedStats(scope))
    expect(await again.getProjectMetrics(project.id)).toMatchObject({ totalRequests: 1 })
    expect(await again.getGlobalMetrics()).toMatchObject({ totalRequests: 1 })
  })
})
