import { setTimeout as wait } from 'node:timers/promises'
import type { Ledger, LogFilter, LoggedEntry } from '../../index.js'
import { entryLine } from '../entry-line.js'
import { type GlobalOptions, readWithoutPrices } from '../open-workspace.js'
import { isOutputClosed, writeLine } from '../output.js'
import { SeenEntries } from '../seen-entries.js'
import { terminalJson } from '../terminal-text.js'

export interface TailCommandOptions extends GlobalOptions {
  readonly project?: string
  readonly lines: number
  readonly follow?: boolean
}

const POLL_MS = 1000
const PAGE = 1000
/** Entries looked through at each poll for ones that are new. */
const WINDOW = 2000

export async function tailCommand(options: TailCommandOptions): Promise<void> {
  await readWithoutPrices(options, async (ledger) => {
    const { project } = options
    const filter = project === undefined ? {} : { projectId: (await ledger.findProject(project)).id }
    const latest = await newest(
      ledger,
      filter,
      options.follow ? Math.max(options.lines, WINDOW) : options.lines,
    )
    await print(latest.slice(0, options.lines).reverse(), options)
    if (options.follow) await follow(ledger, filter, new SeenEntries(latest), options)
  })
}

/** Ends when the reader of the pipe is gone, or at SIGINT or SIGTERM. */
async function follow(
  ledger: Ledger,
  filter: LogFilter,
  seen: SeenEntries,
  options: TailCommandOptions,
): Promise<void> {
  const stop = new AbortController()
  const onSignal = (): void => stop.abort()
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  while (!stop.signal.aborted && !isOutputClosed()) {
    await wait(POLL_MS, undefined, { signal: stop.signal }).catch(() => undefined)
    if (stop.signal.aborted) return
    await print(seen.takeNew(await newest(ledger, filter, WINDOW)).reverse(), options)
  }
}

/** At most `limit` entries, newest first. */
async function newest(ledger: Ledger, filter: LogFilter, limit: number): Promise<LoggedEntry[]> {
  const entries: LoggedEntry[] = []
  let cursor: string | undefined
  while (entries.length < limit) {
    const page = await ledger.getLLMRequestLogs({
      ...filter,
      limit: Math.min(PAGE, limit - entries.length),
      ...(cursor === undefined ? {} : { cursor }),
    })
    entries.push(...page.entries)
    if (page.nextCursor === null) break
    cursor = page.nextCursor
  }
  return entries
}

async function print(entries: readonly LoggedEntry[], { json }: TailCommandOptions): Promise<void> {
  for (const entry of entries) {
    if (isOutputClosed()) return
    await writeLine(json ? terminalJson(entry) : entryLine(entry))
  }
}
