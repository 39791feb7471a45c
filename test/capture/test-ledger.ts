/** A real ledger in a temporary folder, with one project and one chat. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LoggedEntry } from '../../src/entry/entry.js'
import { parseEntry } from '../../src/journal/parse-entry.js'
import { listSegments } from '../../src/journal/segments.js'
import type { Ledger } from '../../src/ledger.js'
import { openLedger } from '../../src/open-ledger.js'
import type { Project } from '../../src/workspace/project.js'
import { logsOf } from '../stats-files.js'
import { foldLogs } from '../stats-fold.js'

export interface TestLedger extends AsyncDisposable {
  readonly ledger: Ledger
  readonly projectId: string
  readonly chatId: string
  /**
   * All entries, oldest first, once everything captured is written. By a plain fold, which is what the contract of the
   * stats engines compares them with: to open an engine for each test takes longer than the rest of it.
   */
  entries(): Promise<LoggedEntry[]>
  /** Closes the ledger at once; the entries that are in its files then. */
  closed(): Promise<LoggedEntry[]>
  /** The only entry. */
  entry(): Promise<LoggedEntry>
  /** The bytes of all files of the workspace as text, once everything captured is written. */
  files(): Promise<string>
  /** Role and content of each message of the chat. */
  said(): Promise<string[]>
}

export async function openTestLedger(): Promise<TestLedger> {
  const workspace = await mkdtemp(join(tmpdir(), 'ledgerline-capture-'))
  const ledger = await openLedger({ workspace, systemLog: { level: 'silent', file: false, pretty: false } })
  const project = await ledger.createProject({ name: 'Capture' })
  const chat = await ledger.createChat({ projectId: project.id, name: 'Test' })
  const entries = async (): Promise<LoggedEntry[]> => {
    await ledger.flush()
    return entriesOf(await ledger.listProjects())
  }
  const entriesOf = async (projects: readonly Project[]): Promise<LoggedEntry[]> => {
    const sources = projects.map(({ id, paths }) => ({
      projectId: id,
      files: listSegments(paths.logsDir, 'llm_requests').map(({ path }) => path),
    }))
    return foldLogs(logsOf(sources, { limit: 1000 }))
      .reverse()
      .flatMap((line) => parseEntry(line) ?? [])
  }
  return {
    ledger,
    projectId: project.id,
    chatId: chat.id,
    entries,
    async closed() {
      await ledger.close()
      return entriesOf([project])
    },
    async entry() {
      const all = await entries()
      const [only] = all
      if (all.length !== 1 || only === undefined) throw new Error(`${all.length} entries, not one`)
      return only
    },
    async files() {
      await ledger.flush()
      const found = await readdir(workspace, { recursive: true, withFileTypes: true })
      const files = found.filter((entry) => entry.isFile())
      const texts = files.map((file) => readFile(join(file.parentPath, file.name), 'latin1'))
      return (await Promise.all(texts)).join('\n')
    },
    async said() {
      await ledger.flush()
      const messages = await ledger.readChat(project.id, chat.id)
      return messages.map((message) => `${message.role}: ${message.content}`)
    },
    async [Symbol.asyncDispose]() {
      await ledger.close()
      await rm(workspace, { recursive: true, force: true })
    },
  }
}
