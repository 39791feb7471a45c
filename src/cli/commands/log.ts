import { invalid } from '../../errors.js'
import {
  type Ledger,
  LedgerlineError,
  type LLMRequestLogEntry,
  type LogResult,
  ValidationError,
} from '../../index.js'
import { describe, errorJson } from '../failure.js'
import { type GlobalOptions, writeWorkspace } from '../open-workspace.js'
import { complain, writeJson, writeLine } from '../output.js'
import { type InputEntry, readEntries } from '../stdin-entries.js'
import { terminalJson } from '../terminal-text.js'

export interface LogCommandOptions extends GlobalOptions {
  readonly project?: string
}

/** Entries on their way at once: they share the journal's writes. */
const IN_FLIGHT = 256

type Logged = { readonly result: LogResult; readonly hasStatus: boolean }
type Outcome = { readonly line: number } & (Logged | { readonly error: unknown })

/** Prints the ids in the order of the lines. A bad line is reported and the others are logged; then the exit is 1. */
export async function logCommand(options: LogCommandOptions): Promise<void> {
  await writeWorkspace(options, { create: false }, async (ledger) => {
    const { project, json = false } = options
    const projectId = project === undefined ? undefined : (await ledger.findProject(project)).id
    const underWay: Promise<Outcome>[] = []
    let failed = 0
    let withoutStatus = 0
    let total = 0
    let printing: Promise<void> = Promise.resolve()
    const printOldest = async (): Promise<void> => {
      const outcome = await underWay[0]
      underWay.shift()
      if (outcome === undefined) return
      total++
      if ('error' in outcome) failed++
      else if (!outcome.hasStatus) withoutStatus++
      await print(outcome, json)
    }
    for await (const entry of readEntries(process.stdin)) {
      underWay.push(logOne(ledger, entry, projectId))
      printing = printing.then(printOldest)
      if (underWay.length >= IN_FLIGHT) await printing
    }
    await printing
    if (withoutStatus > 0) warnOfPending(withoutStatus, json)
    if (failed === 0) return
    process.exitCode = 1
    if (!json) complain(`ledgerline: ${failed} of ${total} entries were not logged`)
  })
}

async function logOne(ledger: Ledger, entry: InputEntry, projectId: string | undefined): Promise<Outcome> {
  const { line } = entry
  try {
    if ('problem' in entry) throw new LedgerlineError('BAD_JSON', entry.problem, { operation: 'log' })
    const { value } = entry
    if (!isEntryObject(value)) throw invalid('log', 'INVALID_ENTRY', 'entry', 'is no JSON object')
    const result = await logInProject(ledger, value, projectId)
    return { line, result, hasStatus: value.status !== undefined }
  } catch (error) {
    return { line, error }
  }
}

/** The project that the entry names; `projectId` when it names none. */
async function logInProject(
  ledger: Ledger,
  entry: LLMRequestLogEntry,
  projectId: string | undefined,
): Promise<LogResult> {
  if (entry.project_id !== undefined) return ledger.logLLMRequest(entry)
  if (projectId !== undefined) return ledger.logLLMRequest({ ...entry, project_id: projectId })
  try {
    return await ledger.logLLMRequest(entry)
  } catch (error) {
    throw withWayOut(error)
  }
}

/** That there is no project is one of the problems; here there is one more way to name it. */
function withWayOut(error: unknown): unknown {
  if (!(error instanceof ValidationError)) return error
  const [first, ...rest] = error.problems.map((problem) =>
    problem.field === 'project_id'
      ? { ...problem, message: 'is missing; name the project in the entry or with --project' }
      : problem,
  )
  return first === undefined ? error : new ValidationError(error.operation, [first, ...rest])
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

/** The commonest surprise of an import: the stats count no requests. */
function warnOfPending(withoutStatus: number, json: boolean): void {
  const counted =
    withoutStatus === 1
      ? '1 entry had no status: it counts'
      : `${withoutStatus} entries had no status: they count`
  const message = `${counted} as pending, then as interrupted, and not as requests, until the same id comes with success, error or timeout`
  complain(json ? terminalJson({ without_status: withoutStatus, message }) : `ledgerline: ${message}`)
}
