/**
 * Which shares of which periods were told: a file each in `<workspace>/logs/budgets/`. Whoever makes the claim tells, and
 * renames it when that is done. A claim whose process is gone is taken over, so that a crash in between tells again.
 */
import { createHash, randomUUID } from 'node:crypto'
import { lstat, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../../journal/make-folder.js'
import { livenessOf, ownIdentity } from '../../journal/process-identity.js'
import { parseWriter } from '../../stats/writer.js'
import type { CheckedBudget } from './budget.js'
import type { RunningPeriod } from './running-period.js'

export class Crossings {
  readonly #folder: string

  /** `workspace` is absolute. */
  constructor(workspace: string) {
    this.#folder = join(workspace, 'logs', 'budgets')
  }

  /**
   * Runs `tell` when nobody told before; a claim of a living process counts as told. Throws what the file system throws and
   * what `tell` throws.
   */
  async once(
    budget: CheckedBudget,
    period: RunningPeriod,
    share: number,
    tell: () => Promise<void>,
  ): Promise<void> {
    makeFolder(this.#folder)
    const name = nameOf(budget, period, share)
    const [claim, told] = [join(this.#folder, `${name}.claim`), join(this.#folder, `${name}.told`)]
    if (await isThere(told)) return
    if (!(await this.#claim(claim))) return
    // Told between the two looks.
    if (!(await isThere(told))) await tell()
    await rename(claim, told)
    await this.#tidy(budget, period)
  }

  async #claim(claim: string): Promise<boolean> {
    if (await make(claim)) return true
    const text = await readFile(claim, 'utf8').catch(() => undefined)
    // Renamed meanwhile: it was told.
    if (text === undefined) return false
    const writer = parseWriter(text)
    if (writer !== undefined && !['gone', 'rebooted'].includes(livenessOf(writer))) return false
    // Only one process can rename it away.
    const taken = `${claim}.${randomUUID()}`
    const isTaken = await rename(claim, taken).then(
      () => true,
      () => false,
    )
    if (!isTaken) return false
    await rm(taken, { force: true })
    return make(claim)
  }

  /** Files of the budget's earlier periods. */
  async #tidy(budget: CheckedBudget, period: RunningPeriod): Promise<void> {
    const own = `${keyOf(budget)}.`
    for (const name of await readdir(this.#folder)) {
      const from = Number(name.slice(own.length).split('.')[0])
      if (name.startsWith(own) && from < period.fromMs) await rm(join(this.#folder, name), { force: true })
    }
  }
}

/** A budget with another limit is another one. */
function keyOf({ scope, period, limitUsd, timezone, weekStart }: CheckedBudget): string {
  const text = JSON.stringify([scope, period, limitUsd, timezone, weekStart])
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function nameOf(budget: CheckedBudget, { fromMs }: RunningPeriod, share: number): string {
  return `${keyOf(budget)}.${Number.isFinite(fromMs) ? fromMs : 'all'}.${share}`
}

async function make(claim: string): Promise<boolean> {
  try {
    const handle = await open(claim, 'wx', 0o600)
    try {
      await handle.writeFile(JSON.stringify(ownIdentity()))
    } finally {
      await handle.close()
    }
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined
}
