import { invalid } from '../../errors.js'
import { type Ledger, LedgerlineError, type LLMRequestLogEntry, type LogResult } from '../../index.js'
import { describe, errorJson } from '../failure.js'
import { findProject, type GlobalOptions, writeWorkspace } from '../open-workspace.js'
import { complain, writeJson, writeLine } from '../output.js'
import { type InputEntry, readEntries } from '../stdin-entries.js'
import { terminalJson } from '../terminal-text.js'

export interface LogCommandOptions extends GlobalOptions {
  readonly project?: string
}

/** Entries on their way at once: they share the journal's writes. */
const IN_FLIGHT = 256

type Outcome = { readonly line: number } & ({ readonly result: LogResult } | { readonly error: unknown })

/** Prints the ids in the order of the lines. A bad line is reported and the others are logged; then the exit is 1. */
export async function logCommand(options: LogCommandOptions): Promise<void> {
  await writeWorkspace(options, { create: false }, async (ledger) => {
    const { project } = options
    const projectId = project === undefined ? undefined : (await findProject(ledger, project)).id
    const underWay: Promise<Outcome>[] = []
    let failed = 0
    let total = 0
    let printing: Promise<void> = Promise.resolve()
    const printOldest = async (): Promise<void> => {
      const outcome = await underWay[0]
      underWay.shift()
      if (outcome === undefined) return
      total++
      if ('error' in outcome) failed++
      await print(outcome, options.json === true)
    }
    for await (const entry of readEntries(process.stdin)) {
      underWay.push(logOne(ledger, entry, projectId))
      printing = printing.then(printOldest)
      if (underWay.length >= IN_FLIGHT) await printing
    }
    await printing
    if (failed === 0) return
    process.exitCode = 1
    if (!options.json) complain(`ledgerline: ${failed} of ${total} entries were not logged`)
  })
}

async function logOne(ledger: Ledger, entry: InputEntry, projectId: string | undefined): Promise<Outcome> {
  const { line } = entry
  try {
    if ('problem' in entry) throw new LedgerlineError('BAD_JSON', entry.problem, { operation: 'log' })
    return { line, result: await ledger.logLLMRequest(inProject(entry.value, projectId)) }
  } catch (error) {
    return { line, error }
  }
}

function inProject(value: unknown, projectId: string | undefined): LLMRequestLogEntry {
  if (!isEntryObject(value)) throw invalid('log', 'INVALID_ENTRY', 'entry', 'is no JSON object')
  if (projectId === undefined) return value
  if (value.project_id !== undefined && value.project_id !== projectId) {
    throw invalid('log', 'INVALID_PROJECT_ID', 'project_id', 'differs from --project')
  }
  return { ...value, project_id: projectId }
}

/** Says only that it is an object: the ledger is the one that checks an entry, and names all that is wrong. */
function isEntryObject(value: unknown): value is LLMRequestLogEntry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

async function print(outcome: Outcome, json: boolean): Promise<void> {
  if ('result' in outcome) {
    const { id, logged, timestamp } = outcome.result
    if (json) await writeJson({ id, logged, timestamp })
    else await writeLine(id)
    return
  }
  const { line, error } = outcome
  complain(
    json ? terminalJson({ line, ...errorJson(error) }) : `ledgerline: line ${line}: ${describe(error)}`,
  )
}
