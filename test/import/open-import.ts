/** An import into a project of its own. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type ImportOptions, type ImportReport, importLogs, type LoggedEntry } from '../../src/index.js'
import { openTestLedger, type TestLedger } from '../fixtures/open-test-ledger.js'
import { tempFolder } from '../fixtures/temp-folder.js'

export interface TestImport extends TestLedger {
  readonly folder: string
  /** Writes a file below the folder and gives its path. */
  readonly file: (name: string, content: string | Uint8Array) => string
  /** Of the whole folder, unless the options say otherwise. */
  readonly run: (format: ImportOptions['format'], options?: Partial<ImportOptions>) => Promise<ImportReport>
  /** All entries of the project, each id once, oldest first. */
  readonly entries: () => Promise<LoggedEntry[]>
}

export async function openImport(): Promise<TestImport> {
  const test = await openTestLedger()
  const { ledger, project } = test
  const folder = tempFolder()
  return {
    ...test,
    folder,
    file(name, content) {
      const path = join(folder, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
      return path
    },
    run: (format, options) =>
      importLogs(ledger, { format, projectId: project.id, paths: [folder], ...options }),
    async entries() {
      const { entries } = await ledger.getLLMRequestLogs({ projectId: project.id, limit: 1000 })
      return entries.toReversed()
    },
  }
}
