import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type Ledger, openLedger, type Project } from '../../src/index.js'
import { readChain } from '../../src/journal/seals/read-chain.js'
import { openTestLedger, QUIET } from '../fixtures/open-test-ledger.js'
import { tempFolder } from '../fixtures/temp-folder.js'

const DAY = 86_400_000
const RETENTION = { chatsMaxAgeDays: 30 }

function say(ledger: Ledger, project: Project, chat_id: string, content: string, more: object = {}) {
  return ledger.appendMessage({ project_id: project.id, chat_id, role: 'user', content, ...more })
}

async function contents(ledger: Ledger, project: Project, chatId: string): Promise<string[]> {
  return (await ledger.readChat(project.id, chatId)).map(({ content }) => content.slice(0, 6))
}

const closed = (project: Project, chatId: string): string => join(project.paths.chatsDir, '.closed', chatId)

/** As if its last line had been written so many days ago. */
function age(path: string, days: number): void {
  const ms = Date.now() - days * DAY
  const text = readFileSync(path, 'utf8').replace(
    /"(created_at|updated_at)":"[^"]+"/g,
    `"$1":"${new Date(ms).toISOString()}"`,
  )
  writeFileSync(path, text)
  utimesSync(path, ms / 1000, ms / 1000)
}

describe('rotation of messages', () => {
  test('closes the file of a chat by size, compresses it, and the chat reads the same', async () => {
    const { ledger, project, workspace } = await openTestLedger({ rotation: { maxBytes: 4096, gzip: true } })
    const said: string[] = []
    for (let i = 0; i < 12; i++) {
      const { content } = await say(ledger, project, 'c', `say ${String(i).padStart(2)} ${'x'.repeat(1000)}`)
      said.push(content.slice(0, 6))
      expect(await contents(ledger, project, 'c')).toEqual(said)
    }
    const changed = await ledger.readChat(project.id, 'c')
    await say(ledger, project, 'c', changed[0]?.content ?? '', { id: changed[0]?.id, status: 'discarded' })
    await expect
      .poll(() => readdirSync(closed(project, 'c')).every((name) => name.endsWith('.jsonl.gz')))
      .toBe(true)
    expect(readdirSync(closed(project, 'c')).length).toBeGreaterThan(1)
    expect(await contents(ledger, project, 'c')).toEqual(said)
    expect((await ledger.readChat(project.id, 'c'))[0]?.status).toBe('discarded')
    for (const name of readdirSync(closed(project, 'c'))) {
      expect(statSync(join(closed(project, 'c'), name)).mode & 0o777).toBe(0o600)
    }
    expect(statSync(closed(project, 'c')).mode & 0o777).toBe(0o700)
    await ledger.close()
    await using again = await openLedger({ workspace, systemLog: QUIET })
    expect(await contents(again, project, 'c')).toEqual(said)
    await expect(say(again, project, 'C', 'twin')).rejects.toMatchObject({ code: 'INVALID_CHAT_ID' })
  })

  test('a history that was rotated away is stored once', async () => {
    const { ledger, project, workspace } = await openTestLedger({ rotation: { maxBytes: 4096 } })
    const history = Array.from({ length: 8 }, (_, i) => ({
      role: 'user' as const,
      content: `${i} ${'x'.repeat(1000)}`,
    }))
    for (let i = 1; i <= 8; i++) await ledger.appendMessages(project.id, 'c', history.slice(0, i))
    await ledger.close()
    await using again = await openLedger({ workspace, systemLog: QUIET })
    await again.appendMessages(project.id, 'c', history)
    expect(await again.readChat(project.id, 'c')).toHaveLength(8)
  })

  test('reads the same while it is rotated and compressed', async () => {
    const { ledger, project } = await openTestLedger({ rotation: { maxBytes: 4096, gzip: true } })
    let written = 0
    const writing = (async () => {
      for (let i = 0; i < 60; i++) {
        await say(ledger, project, 'c', `say ${'x'.repeat(1500)}`)
        written++
      }
    })()
    let isOver = false
    void writing.then(() => {
      isOver = true
    })
    while (!isOver) {
      const before = written
      expect((await ledger.readChat(project.id, 'c')).length).toBeGreaterThanOrEqual(before)
    }
    expect(await ledger.readChat(project.id, 'c')).toHaveLength(60)
  })
})

describe('retention of messages', () => {
  test('deletes chats whose last message is old, with a record, and says the same before', async () => {
    const { ledger, project } = await openTestLedger({ upkeep: false })
    for (const id of ['old', 'young']) await say(ledger, project, id, 'secret')
    age(join(project.paths.chatsDir, 'old.jsonl'), 40)
    age(join(project.paths.chatsDir, 'young.jsonl'), 20)
    await say(ledger, project, 'new', 'by which the clock can be trusted')
    const plan = await ledger.cleanupOldLogs({ retention: RETENTION, dryRun: true })
    expect(plan).toMatchObject({
      problems: [],
      segments: [{ journal: 'chats', segment: 'messages/old', entries: 1, reason: 'age' }],
    })
    expect(await contents(ledger, project, 'old')).toEqual(['secret'])
    expect(await ledger.cleanupOldLogs({ retention: RETENTION })).toEqual(plan)
    expect(await contents(ledger, project, 'old')).toEqual([])
    expect(await contents(ledger, project, 'young')).toEqual(['secret'])
    expect(existsSync(closed(project, 'old'))).toBe(false)
    const { records, faults } = await readChain(project.paths.logsDir, 'chats')
    expect(faults).toEqual([])
    expect(records).toMatchObject([
      { type: 'delete', segment: 'messages/old', entries: 1, summary: null, reason: 'age' },
    ])
    await say(ledger, project, 'old', 'again')
    expect(await contents(ledger, project, 'old')).toEqual(['again'])
  })

  test('deletes old chats where there are only messages, without .slots', async () => {
    const { ledger, project } = await openTestLedger({ upkeep: false })
    mkdirSync(project.paths.chatsDir, { recursive: true })
    writeFileSync(
      join(project.paths.chatsDir, 'old.jsonl'),
      '{"id":"m","created_at":"2020-01-01T00:00:00Z"}\n',
    )
    utimesSync(join(project.paths.chatsDir, 'old.jsonl'), 1e9, 1e9)
    const { segments, problems } = await ledger.cleanupOldLogs({ retention: RETENTION, trustClock: true })
    expect({ names: segments.map(({ segment }) => segment), problems }).toEqual({
      names: ['messages/old'],
      problems: [],
    })
  })

  test('keeps and names a chat that cannot be read, and deletes the others', async () => {
    const { ledger, project } = await openTestLedger({ upkeep: false })
    await say(ledger, project, 'old', 'secret')
    age(join(project.paths.chatsDir, 'old.jsonl'), 40)
    const path = join(closed(project, 'cut'), '0-00000001-20200101T000000000Z.jsonl.gz')
    mkdirSync(closed(project, 'cut'), { recursive: true })
    writeFileSync(path, gzipSync('{"id":"m"}\n').subarray(0, -9))
    utimesSync(path, 1e9, 1e9)
    for (const dryRun of [true, false]) {
      const cleanup = { retention: RETENTION, trustClock: true, dryRun }
      const { segments, problems } = await ledger.cleanupOldLogs(cleanup)
      expect(segments.map(({ segment }) => segment)).toEqual(['messages/old'])
      expect(problems).toMatchObject([{ code: 'SEGMENT_CHANGED', path }])
    }
    expect(existsSync(path)).toBe(true)
  })

  test('keeps a chat that was written since, and one that another process writes', async () => {
    const { ledger, project, workspace } = await openTestLedger({ upkeep: false })
    await say(ledger, project, 'mixed', 'before')
    await using other = await openLedger({ workspace, systemLog: QUIET, upkeep: false })
    await say(other, project, 'mixed', 'after')
    age(join(project.paths.chatsDir, 'mixed.jsonl'), 40)
    expect((await ledger.cleanupOldLogs({ retention: RETENTION })).segments).toEqual([])
    age(join(project.paths.chatsDir, '.slots', '1', 'mixed.jsonl'), 40)
    expect((await ledger.cleanupOldLogs({ retention: RETENTION })).segments).toEqual([])
    expect(await contents(ledger, project, 'mixed')).toHaveLength(2)
    await other.close()
    const { segments, problems } = await ledger.cleanupOldLogs({ retention: RETENTION })
    expect(problems).toEqual([])
    expect(segments).toHaveLength(1)
    expect(await contents(ledger, project, 'mixed')).toEqual([])
  })

  test('goes on with a deletion that was cut off, and puts it on record once', async () => {
    const { ledger, project } = await openTestLedger({ upkeep: false })
    await say(ledger, project, 'old', 'secret')
    const path = join(project.paths.chatsDir, 'old.jsonl')
    age(path, 40)
    const text = readFileSync(path)
    await ledger.cleanupOldLogs({ retention: RETENTION })
    writeFileSync(path, text)
    utimesSync(path, 1, 1)
    expect((await ledger.cleanupOldLogs({ retention: RETENTION, trustClock: true })).segments).toHaveLength(1)
    expect((await readChain(project.paths.logsDir, 'chats')).records).toHaveLength(1)
  })

  test('follows no symbolic link', async () => {
    const { ledger, project } = await openTestLedger({ upkeep: false, rotation: { maxBytes: 4096 } })
    const { chatsDir } = project.paths
    await say(ledger, project, 'c', 'hello!')
    const outside = tempFolder()
    writeFileSync(
      join(outside, '0-00000001-20200101T000000000Z.jsonl'),
      '{"created_at":"2020-01-01T00:00:00Z"}\n',
    )
    utimesSync(join(outside, '0-00000001-20200101T000000000Z.jsonl'), 1, 1)
    await ledger.cleanupOldLogs()
    symlinkSync(outside, join(chatsDir, '.closed'))
    symlinkSync(outside, join(chatsDir, 'linked'))
    await ledger.cleanupOldLogs({ retention: RETENTION, trustClock: true })
    renameSync(join(chatsDir, 'linked'), join(chatsDir, 'linked.jsonl'))
    await ledger.cleanupOldLogs({ retention: RETENTION, trustClock: true })
    for (let i = 0; i < 6; i++) await say(ledger, project, 'd', 'x'.repeat(2000))
    expect(readdirSync(outside)).toHaveLength(1)
    expect(await ledger.readChat(project.id, 'd')).toHaveLength(6)
    expect(await contents(ledger, project, 'c')).toEqual(['hello!'])
  })
})
