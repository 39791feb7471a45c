/** What a command of upkeep did, and what it could not do. */
import { type LedgerlineError, toSnakeCase } from '../index.js'
import { describe, errorJson } from './failure.js'
import type { GlobalOptions } from './open-workspace.js'
import { complain, writeJson } from './output.js'

interface UpkeepResult {
  readonly segments: readonly object[]
  readonly problems: readonly LedgerlineError[]
}

/** As JSON all of it is one value on standard output. With problems the exit is 1. */
export async function reportUpkeep<Result extends UpkeepResult>(
  result: Result,
  { json }: GlobalOptions,
  print: (result: Result) => Promise<void>,
): Promise<void> {
  const { segments, problems, ...counts } = result
  if (problems.length > 0) process.exitCode = 1
  if (json) {
    await writeJson({ segments: toSnakeCase(segments), ...counts, problems: problems.map(errorJson) })
    return
  }
  await print(result)
  for (const problem of problems) complain(`ledgerline: ${describe(problem)}`)
}
