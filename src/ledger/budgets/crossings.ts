/**
 * Which shares of which periods were told: a file each in `<workspace>/logs/budgets/`. Whoever makes the claim tells, and
 * renames it when that is done. A claim whose process is gone is taken over, so that a crash in between tells again.
 */
import { createHash, randomUUID } from 'node:crypto'
import { link, lstat, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
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
   * Runs `tell` when nobody told before; a claim of a living process counts as told. `mark` is the share and who is told of
   * it. Throws what the file system throws, and what `tell` throws: then it is told at the next time.
   */
  async once(
    budget: CheckedBudget,
    period: RunningPeriod,
    mark: string,
    tell: () => Promise<void>,
  ): Promise<void> {
    makeFolder(this.#folder)
    const name = nameOf(budget, period, mark)
    const [claim, told] = [join(this.#folder, `${name}.claim`), join(this.#folder, `${name}.told`)]
    if (await isThere(told)) return
    if (!(await this.#claim(claim))) return
    // Told between the two looks.
    if (!(await isThere(told))) {
      try {
        await tell()
      } catch (error) {
        await rm(claim, { force: true })
        throw error
      }
    }
    await rename(claim, told)
    await this.#tidy(budget, period)
  }

  async #claim(claim: string): Promise<boolean> {
    if (await this.#make(claim)) return true
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
    return this.#make(claim)
  }

  /** Whole from its first moment: a claim without a writer would be taken over. */
  async #make(claim: string): Promise<boolean> {
    const draft = join(this.#folder, `draft-${randomUUID()}`)
    await writeFile(draft, JSON.stringify(ownIdentity()), { flag: 'wx', mode: 0o600 })
    try {
      await link(draft, claim)
      return true
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
      throw error
    } finally {
      await rm(draft, { force: true })
    }
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

function nameOf(budget: CheckedBudget, { fromMs }: RunningPeriod, mark: string): string {
  return `${keyOf(budget)}.${Number.isFinite(fromMs) ? fromMs : 'all'}.${mark}`
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined
}
