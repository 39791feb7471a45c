/** Which calls of a source are in a project already: read from its files, whose other lines are passed over as bytes. */
import type { LoggedEntry } from '../entry/entry.js'
import { isObject } from '../entry/own-fields.js'
import { parseInstant } from '../entry/timestamp.js'
import { LineSplitter } from '../journal/line-splitter.js'
import { contentOf } from '../journal/log-content.js'
import { openRegular, readError } from '../journal/open-regular.js'
import { parseEntry } from '../journal/parse-entry.js'
import { REQUESTS } from '../journal/project-journal.js'
import { takeSnapshot } from '../journal/snapshot.js'
import { markNumber } from './import-id.js'
import { outranks } from './rank.js'
import { type KnownState, StateTable } from './state-table.js'

/** Of the ids that begin with `prefix`. Throws FileSystemError LOG_READ_ERROR. Damaged lines are passed over, as in all answers. */
export async function readProjectStates(logsDir: string, prefix: string): Promise<StateTable> {
  const states = new StateTable()
  // The id is the first field of every line that a ledger has written.
  const start = Buffer.from(`{"id":"${prefix}`)
  using snapshot = takeSnapshot(logsDir, REQUESTS)
  for (const path of snapshot.files) await readFile(path, start, states)
  return states
}

async function readFile(path: string, start: Buffer, states: StateTable): Promise<void> {
  const handle = await openRegular(path)
  if (handle === undefined) return
  try {
    const splitter = new LineSplitter()
    for await (const chunk of contentOf(handle, path, () => undefined)) {
      for (const { bytes } of splitter.add(chunk)) addLine(bytes, start, states)
    }
    for (const { bytes } of splitter.end()) addLine(bytes, start, states)
  } catch (cause) {
    throw readError(path, cause)
  } finally {
    await handle.close()
  }
}

function addLine(bytes: Buffer | undefined, start: Buffer, states: StateTable): void {
  if (bytes === undefined || bytes.length < start.length) return
  if (start.compare(bytes, 0, start.length) !== 0) return
  const entry = parseEntry(bytes.toString())
  if (entry === undefined) return
  const state = stateOf(entry)
  const before = states.get(entry.id)
  if (before === undefined || outranks(state, before)) states.set(entry.id, state)
}

function stateOf(entry: LoggedEntry): KnownState {
  const { metadata } = entry
  return {
    endMs: parseInstant(entry.timestamp_end) ?? Number.NEGATIVE_INFINITY,
    mark: markNumber(isObject(metadata) ? metadata.import_mark : undefined),
    isFinished: entry.finish_reason !== undefined,
    isMet: false,
    logged: undefined,
  }
}
