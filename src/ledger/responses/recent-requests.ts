/** Recent requests, whichever process logged them, by what others may know of the same call: its answer, its trace. */
import { setImmediate } from 'node:timers/promises'
import type { LoggedResponse, TracedRequest } from '../../ledger.js'
import type { OpenProject } from '../projects.js'
import { NewLines } from './new-lines.js'
import { RESPONSE_MARK, ResponseIds } from './response-ids.js'
import { TRACE_MARK, TracedRequests } from './traced-requests.js'

type Place = Pick<OpenProject, 'id' | 'logsDir'>

/** A line without one of them is not parsed. */
const MARKS = [RESPONSE_MARK, TRACE_MARK]

export class RecentRequests {
  readonly #responses: ResponseIds
  readonly #traces: TracedRequests
  readonly #projects = new Map<string, Project>()

  /** How many of each are remembered, of all projects. */
  constructor(limit?: number) {
    this.#responses = new ResponseIds(limit)
    this.#traces = new TracedRequests(limit)
  }

  /** As Ledger.findByResponseId says: what was written before the call is found. */
  async byResponse(
    place: Place,
    responseIds: readonly string[],
  ): Promise<ReadonlyMap<string, LoggedResponse>> {
    await this.#read(place)
    const found = new Map<string, LoggedResponse>()
    for (const responseId of responseIds) {
      const response = this.#responses.get(place.id, responseId)
      if (response !== undefined) found.set(responseId, response)
    }
    return found
  }

  /** As Ledger.findByTrace says: what was written before the call is found. */
  async byTrace(
    place: Place,
    traceIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly TracedRequest[]>> {
    await this.#read(place)
    const found = new Map<string, readonly TracedRequest[]>()
    for (const traceId of traceIds) {
      const requests = this.#traces.get(place.id, traceId)
      if (requests.length > 0) found.set(traceId, requests)
    }
    return found
  }

  /** One after the other; who comes before the next has begun shares it, as it sees what was added until it begins. */
  #read({ id, logsDir }: Place): Promise<void> {
    const project = this.#projects.get(id) ?? newProject(logsDir)
    this.#projects.set(id, project)
    project.queued ??= project.reading
      .catch(() => undefined)
      // Time for a second question that is asked with the first.
      .then(() => setImmediate())
      .then(() => {
        project.queued = undefined
        return project.lines.read(MARKS, (entry) => {
          this.#responses.add(id, entry)
          this.#traces.add(id, entry)
        })
      })
    project.reading = project.queued
    return project.reading
  }
}

interface Project {
  readonly lines: NewLines
  /** The last that was asked for. */
  reading: Promise<void>
  /** The same, until it begins. */
  queued: Promise<void> | undefined
}

function newProject(logsDir: string): Project {
  return { lines: new NewLines(logsDir), reading: Promise.resolve(), queued: undefined }
}
