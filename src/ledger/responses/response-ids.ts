/** The ids of providers' answers that recent requests have. */

import { dropOldest } from '../../drop-oldest.js'
import type { LoggedEntry } from '../../entry/entry.js'
import { parseInstant } from '../../entry/timestamp.js'
import type { LoggedResponse } from '../../ledger.js'

/** About 30 MB. */
const MAX_IDS = 100_000
/** A longer one is none of a provider. */
const MAX_LENGTH = 256

/** What every line with an answer's id has. */
export const RESPONSE_MARK = '"response_id":'

export class ResponseIds {
  readonly #limit: number
  /** By project and answer, the latest behind. */
  readonly #known = new Map<string, LoggedResponse>()

  constructor(limit = MAX_IDS) {
    this.#limit = limit
  }

  get(projectId: string, responseId: string): LoggedResponse | undefined {
    return this.#known.get(keyOf(projectId, responseId))
  }

  add(projectId: string, entry: LoggedEntry): void {
    const responseId = responseIdOf(entry)
    const startMs = parseInstant(entry.timestamp_start)
    if (responseId === undefined || startMs === undefined) return
    const key = keyOf(projectId, responseId)
    this.#known.delete(key)
    this.#known.set(key, { id: entry.id, startMs, endMs: parseInstant(entry.timestamp_end) ?? startMs })
    dropOldest(this.#known, this.#limit)
  }
}

/** Undefined for what is no id of a provider. */
export function responseIdOf({ response_id: responseId }: LoggedEntry): string | undefined {
  if (typeof responseId !== 'string' || responseId === '' || responseId.length > MAX_LENGTH) return undefined
  return responseId
}

/** An id of a project holds no line end. */
function keyOf(projectId: string, responseId: string): string {
  return `${projectId}\n${responseId}`
}
