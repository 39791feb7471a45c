import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { tempFolder } from '../../test/fixtures/temp-folder.js'
import { chatPath, ProjectJournal, REQUESTS } from './project-journal.js'
import { QueueBudget } from './queue-budget.js'

const OPTIONS = {
  sync: false,
  maxBytes: 1 << 20,
  onTornTail: () => undefined,
  budget: new QueueBudget(1_000, 1e6),
}

/** Files below the folder that this process holds open. */
function openFiles(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`)
      return path.startsWith(folder) ? [path] : []
    } catch {
      return []
    }
  })
}

describe('ProjectJournal', () => {
  test('two in one process write two files', async () => {
    const root = tempFolder()
    const journals = [new ProjectJournal(root, OPTIONS), new ProjectJournal(root, OPTIONS)]
    for (const [i, journal] of journals.entries()) {
      await journal.appendLog(REQUESTS, `${i}\n`)
      await journal.appendMessages('c', `${i}\n`)
    }
    await Promise.all(journals.map((journal) => journal.close()))
    expect(readFileSync(join(root, 'logs', 'llm_requests.jsonl'), 'utf8')).toBe('0\n')
    expect(readFileSync(join(root, 'logs', 'llm_requests.1.jsonl'), 'utf8')).toBe('1\n')
    expect([0, 1].map((slot) => readFileSync(chatPath(root, 'c', slot), 'utf8'))).toEqual(['0\n', '1\n'])
  })

  test('300 chats at once: every line is there, and no descriptor stays open', async () => {
    const root = tempFolder()
    const journal = new ProjectJournal(root, OPTIONS)
    const chats = Array.from({ length: 300 }, (_, i) => `chat-${i}`)
    for (const round of ['a\n', 'b\n'])
      await Promise.all(chats.map((chat) => journal.appendMessages(chat, round)))
    await expect.poll(() => openFiles(root).length).toBeLessThanOrEqual(64)
    await journal.close()
    for (const chat of chats) expect(readFileSync(chatPath(root, chat, 0), 'utf8')).toBe('a\nb\n')
    expect(openFiles(root)).toEqual([])
  })

  test('closes the chats that were not used for long', async () => {
    const root = tempFolder()
    const journal = new ProjectJournal(root, OPTIONS)
    for (let i = 0; i < 100; i++) await journal.appendMessages(`chat-${i}`, 'a\n')
    expect(openFiles(root).length).toBeLessThanOrEqual(65)
    await journal.close()
  })

  test('writes elsewhere when its slot was taken while it was suspended', async () => {
    const root = tempFolder()
    const journal = new ProjectJournal(root, OPTIONS)
    await journal.appendLog(REQUESTS, 'before\n')
    // As the process that took it over does.
    rmSync(join(root, 'logs', '.slots', '0.1'))
    const other = new ProjectJournal(root, OPTIONS)
    await other.appendLog(REQUESTS, 'other\n')
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 120_000)
    onTestFinished(() => {
      vi.restoreAllMocks()
    })
    await journal.appendLog(REQUESTS, 'after\n')
    await Promise.all([journal.close(), other.close()])
    expect(readFileSync(join(root, 'logs', 'llm_requests.jsonl'), 'utf8')).toBe('before\nother\n')
    expect(readFileSync(join(root, 'logs', 'llm_requests.1.jsonl'), 'utf8')).toBe('after\n')
  })

  test('refuses a folder of logs that is a symbolic link', async () => {
    const root = tempFolder()
    mkdirSync(join(root, 'elsewhere'))
    symlinkSync(join(root, 'elsewhere'), join(root, 'logs'))
    const journal = new ProjectJournal(root, OPTIONS)
    await expect(journal.appendLog(REQUESTS, 'a\n')).rejects.toMatchObject({ code: 'PATH_IS_SYMLINK' })
    expect(existsSync(join(root, 'elsewhere', 'llm_requests.jsonl'))).toBe(false)
  })
})
