import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { tempFolder } from '../../test/fixtures/temp-folder.js'
import { chatPath, JOURNALS, type JournalName, ProjectJournal, REQUESTS } from './project-journal.js'
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

  test.each([{ sync: false }, { sync: true }])(
    '200 chats of each of four projects at once %o: every line is there, few files are open at a time, none at the end',
    async ({ sync }) => {
      const workspace = tempFolder()
      const roots = ['a', 'b', 'c', 'd'].map((name) => join(workspace, name))
      const budget = new QueueBudget(10_000, 1e6)
      const journals = roots.map((root) => new ProjectJournal(root, { ...OPTIONS, budget, sync }))
      const chats = Array.from({ length: 200 }, (_, i) => `chat-${i}`)
      let most = 0
      let calls = 0
      const write = async (journal: ProjectJournal, chat: string, line: string): Promise<void> => {
        await journal.appendMessages(chat, line)
        if (++calls % 20 > 0) return
        most = Math.max(most, openFiles(workspace).filter((path) => path.endsWith('.jsonl')).length)
      }
      for (const line of ['a\n', 'b\n'])
        await Promise.all(journals.flatMap((journal) => chats.map((chat) => write(journal, chat, line))))
      expect(most).toBeGreaterThan(10)
      expect(most).toBeLessThanOrEqual(128)
      await Promise.all(journals.map((journal) => journal.close()))
      for (const root of roots)
        for (const chat of chats) expect(readFileSync(chatPath(root, chat, 0), 'utf8')).toBe('a\nb\n')
      expect(openFiles(workspace)).toEqual([])
    },
    60_000,
  )

  test.each([{ sync: false }, { sync: true }])(
    'the logs of 150 projects at once %o: every line is there, few files are open at a time, none at the end',
    async ({ sync }) => {
      const workspace = tempFolder()
      const roots = Array.from({ length: 150 }, (_, i) => join(workspace, String(i)))
      const budget = new QueueBudget(10_000, 1e6)
      const journals = roots.map((root) => new ProjectJournal(root, { ...OPTIONS, budget, sync }))
      let most = 0
      let calls = 0
      const write = async (journal: ProjectJournal, base: JournalName, line: string): Promise<void> => {
        await journal.appendLog(base, line)
        if (++calls % 20 > 0) return
        most = Math.max(most, openFiles(workspace).filter((path) => path.endsWith('.jsonl')).length)
      }
      for (const line of ['a\n', 'b\n'])
        await Promise.all(journals.flatMap((journal) => JOURNALS.map((base) => write(journal, base, line))))
      expect(most).toBeGreaterThan(10)
      expect(most).toBeLessThanOrEqual(256)
      // Claims are files that nobody holds open: a slot is kept while its files are closed.
      expect(journals.map(({ slot }) => slot)).toEqual(journals.map(() => 0))
      const others = roots.slice(0, 2).map((root) => new ProjectJournal(root, { ...OPTIONS, budget }))
      for (const other of others) await other.appendLog(REQUESTS, 'other\n')
      expect(others.map(({ slot }) => slot)).toEqual([1, 1])
      await Promise.all([...journals, ...others].map((journal) => journal.close()))
      for (const root of roots)
        for (const base of JOURNALS)
          expect(readFileSync(join(root, 'logs', `${base}.jsonl`), 'utf8')).toBe('a\nb\n')
      expect(openFiles(workspace)).toEqual([])
    },
    60_000,
  )

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

  const writeLog = (journal: ProjectJournal) => journal.appendLog(REQUESTS, 'after\n')
  const writeChat = (journal: ProjectJournal) => journal.appendMessages('c', 'after\n')

  test.each([
    ['logs', writeLog],
    ['chats', writeChat],
    ['chats/.slots', writeChat],
    ['chats/.slots/1', writeChat],
  ])(
    'refuses to write through %s once it is a symbolic link, also while the file is open',
    async (name, write) => {
      const [root, outside] = [tempFolder(), tempFolder()]
      const first = new ProjectJournal(root, OPTIONS)
      await first.appendLog(REQUESTS, 'first\n')
      const journal = new ProjectJournal(root, OPTIONS)
      await write(journal)
      const [folder, target] = [join(root, name), join(outside, 'target')]
      renameSync(folder, target)
      symlinkSync(target, folder)
      const before = contentOf(target)
      await expect(write(journal)).rejects.toMatchObject({ code: 'PATH_IS_SYMLINK' })
      expect(contentOf(target)).toEqual(before)
      rmSync(folder)
      await write(journal)
      expect(lstatSync(folder).isDirectory()).toBe(true)
      await Promise.all([first.close(), journal.close()])
    },
  )

  test.each([
    ['logs', writeLog],
    ['logs/.slots', writeLog],
    ['chats', writeChat],
    ['chats/.slots', writeChat],
  ])('makes nothing behind %s when it is a symbolic link from the start', async (name, write) => {
    const [root, outside] = [tempFolder(), tempFolder()]
    const first = new ProjectJournal(root, OPTIONS)
    if (name === 'chats/.slots') await first.appendLog(REQUESTS, 'first\n')
    mkdirSync(dirname(join(root, name)), { recursive: true })
    symlinkSync(outside, join(root, name))
    const journal = new ProjectJournal(root, OPTIONS)
    await expect(write(journal)).rejects.toMatchObject({ code: 'PATH_IS_SYMLINK' })
    expect(readdirSync(outside)).toEqual([])
    await Promise.all([first.close(), journal.close()])
  })

  test('a chat is not closed through a symbolic link', async () => {
    const [root, outside] = [tempFolder(), tempFolder()]
    const journal = new ProjectJournal(root, { ...OPTIONS, maxBytes: 1 })
    mkdirSync(join(root, 'chats'))
    symlinkSync(outside, join(root, 'chats', '.closed'))
    await journal.appendMessages('c', 'a\n')
    await journal.close()
    expect(readdirSync(outside)).toEqual([])
    expect(readFileSync(chatPath(root, 'c', 0), 'utf8')).toBe('a\n')
  })
})

/** Of all files of a project: what is in them; of its claims no more than their names. */
function contentOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) =>
      name.endsWith('.jsonl') ? `${name}: ${readFileSync(join(parentPath, name), 'utf8')}` : name,
    )
    .sort()
}
