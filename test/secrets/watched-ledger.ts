/** A ledger with all that it writes and says, to be searched for secrets. */
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Ledger, openLedger } from '../../src/index.js'
import { tempFolder } from '../fixtures/temp-folder.js'
import type { Secret } from './kinds.js'
import { type Found, filesBelow, leaks } from './nothing-holds.js'

export interface WatchedLedger {
  readonly ledger: Ledger
  /** Around the workspace. */
  readonly folder: string
  readonly projectId: string
  /** Something that was answered or printed. */
  told(where: string, text: string): void
  /** Rotates, asks and closes, so that all files are there; then what `leaks` finds in them and in what was told. */
  leaks(secrets: readonly Secret[]): Promise<string[]>
}

export async function openWatchedLedger(): Promise<WatchedLedger> {
  const folder = tempFolder()
  const ledger = await openLedger({
    workspace: join(folder, 'workspace'),
    systemLog: { level: 'trace', pretty: false },
    budgets: [{ scope: { type: 'global' }, period: 'all', limitUsd: 1e-12 }],
  })
  onTestFinished(() => ledger.close())
  const projectId = (await ledger.createProject({ name: 'Watched' })).id
  const said: Found[] = []
  const told = (where: string, text: string): number => said.push([where, text])
  return {
    ledger,
    folder,
    projectId,
    told,
    async leaks(secrets) {
      await ledger.flush()
      told('live counters', JSON.stringify(ledger.getCachedStats({ type: 'global' })))
      await ledger.rotateLogs()
      told('stats', JSON.stringify(await ledger.getStats({ type: 'global' }, { groupBy: ['model', 'user'] })))
      await ledger.close()
      return leaks(secrets, [...filesBelow(folder), ...said])
    },
  }
}
