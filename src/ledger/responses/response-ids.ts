/** The ids of providers' answers that recent requests have, whichever process logged them. */
import type { LoggedEntry } from '../../entry/entry.js'
import { parseInstant } from '../../entry/timestamp.js'
import type { LoggedResponse } from '../../ledger.js'
import type { OpenProject } from '../projects.js'
import { NewLines } from './new-lines.js'

/** About 30 MB. */
const MAX_IDS = 100_000
/** A longer one is none of a provider. */
const MAX_LENGTH = 256

/** What every line with an answer's id has; that of others is not parsed. */
const MARK = '"response_id":'

export class ResponseIds {
  readonly #limit: number
  /** By project and answer, the latest behind. */
  readonly #known = new Map<string, LoggedResponse>()
  readonly #projects = new Map<string, { readonly lines: NewLines; reading: Promise<void> }>()

  constructor(limit = MAX_IDS) {
    this.#limit = limit
  }

  /** As Ledger.findByResponseId says: what was written before the call is found. */
  async find(
    { id, logsDir }: Pick<OpenProject, 'id' | 'logsDir'>,
    responseIds: readonly string[],
  ): Promise<ReadonlyMap<string, LoggedResponse>> {
    const project = this.#projects.get(id) ?? { lines: new NewLines(logsDir), reading: Promise.resolve() }
    this.#projects.set(id, project)
    // One after the other; each sees what was added until it began.
    project.reading = project.reading
      .catch(() => undefined)
      .then(() => project.lines.read(MARK, (entry) => this.#add(id, entry)))
    await project.reading
    const found = new Map<string, LoggedResponse>()
    for (const responseId of responseIds) {
      const response = this.#known.get(keyOf(id, responseId))
      if (response !== undefined) found.set(responseId, response)
    }
    return found
  }

  #add(projectId: string, entry: LoggedEntry): void {
    const responseId = entry.response_id
    const startMs = parseInstant(entry.timestamp_start)
    if (typeof responseId !== 'string' || responseId === '' || responseId.length > MAX_LENGTH) return
    if (startMs === undefined) return
    const key = keyOf(projectId, responseId)
    this.#known.delete(key)
    this.#known.set(key, { id: entry.id, startMs, endMs: parseInstant(entry.timestamp_end) ?? startMs })
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= this.#limit) break
      this.#known.delete(oldest)
    }
  }
}

/** An id of a project holds no line end. */
function keyOf(projectId: string, responseId: string): string {
  return `${projectId}\n${responseId}`
}
