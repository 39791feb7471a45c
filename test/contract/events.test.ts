import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { EventInput } from '../../src/index.js'
import { openTestLedger } from '../fixtures/open-test-ledger.js'
import { readJsonl } from '../fixtures/read-jsonl.js'

describe('events', () => {
  test('of a project and of a chat are lines of its logs/events.jsonl', async () => {
    const { ledger, project } = await openTestLedger()
    await ledger.logProjectEvent(project.id, { event_type: 'deployed', level: 'warn', data: { version: 2 } })
    await ledger.logChatEvent(project.id, 'chat-1', {
      event_type: 'closed',
      message: 'by the user',
      context: { by: 'u1' },
    })
    const base = {
      id: expect.any(String),
      timestamp: expect.stringMatching(/Z$/),
      project_id: project.id,
      schema_version: 1,
    }
    expect(readJsonl(join(project.paths.logsDir, 'events.jsonl'))).toEqual([
      { ...base, event_type: 'deployed', level: 'warn', data: { version: 2 } },
      {
        ...base,
        chat_id: 'chat-1',
        event_type: 'closed',
        level: 'info',
        message: 'by the user',
        context: { by: 'u1' },
      },
    ])
  })

  test('of the system, errors and warnings are lines of the system log', async () => {
    const { ledger, workspace } = await openTestLedger({ systemLog: { level: 'info', pretty: false } })
    await ledger.logSystemEvent({ event_type: 'started', data: { port: 1 } })
    await ledger.logWarning('low disk', { free: 5 })
    await ledger.logError(new Error('outer', { cause: new Error('inner') }), { request_id: 'r1' })
    ledger.getLogger('mine').info({ request_id: 'r2' }, 'hello')
    await ledger.close()
    expect(readJsonl(join(workspace, 'logs', 'system.jsonl'))).toMatchObject([
      { level: 'info', event_type: 'started', data: { port: 1 }, time: expect.stringMatching(/Z$/) },
      { level: 'warn', msg: 'low disk', context: { free: 5 } },
      {
        level: 'error',
        msg: 'outer',
        context: { request_id: 'r1' },
        error: { name: 'Error', message: 'outer', stack: expect.any(String), cause: { message: 'inner' } },
      },
      { level: 'info', name: 'mine', msg: 'hello', request_id: 'r2' },
    ])
  })

  test.each([
    ['no type', {}, 'event_type'],
    ['an empty type', { event_type: '' }, 'event_type'],
    ['an unknown level', { event_type: 'x', level: 'loud' }, 'level'],
    ['a message that is no string', { event_type: 'x', message: 5 }, 'message'],
    ['a context that is no object', { event_type: 'x', context: 'y' }, 'context'],
  ])('%s is refused', async (_, event, field) => {
    const { ledger, project } = await openTestLedger()
    const bad = event as EventInput
    for (const call of [
      () => ledger.logSystemEvent(bad),
      () => ledger.logProjectEvent(project.id, bad),
      () => ledger.logChatEvent(project.id, 'c', bad),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'INVALID_EVENT',
        problems: [expect.objectContaining({ field })],
      })
    }
  })
})
