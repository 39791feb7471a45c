/**
 * The latest finished requests, in arrays of numbers: as objects they would outlive the young generation one by one, and
 * collecting them would cost more than everything else that a call does.
 */
import type { Status } from '../entry/entry.js'
import { MAX_ID } from '../entry/ids.js'
import type { CountedRequest } from './counted-request.js'

/** Requests that are remembered; about 11 MB from the first one on. */
export const REMEMBERED = 65_536

/** Request n is at n modulo REMEMBERED. */
interface Ring {
  /** Ids need one byte a character. */
  readonly ids: Buffer
  readonly idLengths: Uint8Array
  /** Places in STATUSES; FORGOTTEN when the id has another state meanwhile. */
  readonly statuses: Uint8Array
  readonly ends: Float64Array
  readonly prompts: Float64Array
  readonly completions: Float64Array
  /** NaN when there is none. */
  readonly latencies: Float64Array
  readonly costs: Float64Array
  readonly projects: string[]
  readonly chats: string[]
}

export interface ChatName {
  readonly projectId: string
  readonly chatId: string
}

/** Whether the ring has room for the id. */
export function fits(id: string): boolean {
  return id.length <= MAX_ID && !BEYOND_ASCII.test(id)
}

const BEYOND_ASCII = /[^\u0000-\u007f]/

const STATUSES: readonly Status[] = ['success', 'error', 'timeout']
const FORGOTTEN = STATUSES.length

export class FinishedRequests {
  #ring: Ring | undefined
  #added = 0
  /** Number of the request by its id, made when an id is asked for: most ids are new and never come again. */
  readonly #index = new Map<string, number>()
  #indexed = 0

  /** `chat` holds the same names as the request, in texts that stay: a caller's may be new ones with each request. */
  add(request: CountedRequest, { projectId, chatId }: ChatName): void {
    this.#ring ??= makeRing()
    const ring = this.#ring
    const place = this.#added++ % REMEMBERED
    ring.idLengths[place] = ring.ids.write(request.id, place * MAX_ID, 'latin1')
    ring.statuses[place] = STATUSES.indexOf(request.status)
    ring.ends[place] = request.endMs
    ring.prompts[place] = request.prompt
    ring.completions[place] = request.completion
    ring.latencies[place] = request.latency ?? Number.NaN
    ring.costs[place] = request.cost ?? Number.NaN
    ring.projects[place] = projectId
    ring.chats[place] = chatId
  }

  get(id: string): CountedRequest | undefined {
    const place = this.#placeOf(id)
    return place === undefined || this.#ring === undefined ? undefined : requestAt(this.#ring, place, id)
  }

  forget(id: string): void {
    const place = this.#placeOf(id)
    if (place !== undefined && this.#ring !== undefined) this.#ring.statuses[place] = FORGOTTEN
  }

  #placeOf(id: string): number | undefined {
    if (this.#ring === undefined) return undefined
    this.#bringIndexUpToDate(this.#ring)
    const number = this.#index.get(id)
    if (number === undefined || number < this.#added - REMEMBERED) return undefined
    const place = number % REMEMBERED
    return this.#ring.statuses[place] === FORGOTTEN ? undefined : place
  }

  #bringIndexUpToDate(ring: Ring): void {
    const oldest = Math.max(0, this.#added - REMEMBERED)
    if (this.#index.size >= 2 * REMEMBERED) {
      this.#index.clear()
      this.#indexed = oldest
    }
    for (let number = Math.max(this.#indexed, oldest); number < this.#added; number++) {
      this.#index.set(idAt(ring, number % REMEMBERED), number)
    }
    this.#indexed = this.#added
  }
}

function makeRing(): Ring {
  return {
    ids: Buffer.alloc(REMEMBERED * MAX_ID),
    idLengths: new Uint8Array(REMEMBERED),
    statuses: new Uint8Array(REMEMBERED),
    ends: new Float64Array(REMEMBERED),
    prompts: new Float64Array(REMEMBERED),
    completions: new Float64Array(REMEMBERED),
    latencies: new Float64Array(REMEMBERED),
    costs: new Float64Array(REMEMBERED),
    projects: [],
    chats: [],
  }
}

function idAt(ring: Ring, place: number): string {
  const from = place * MAX_ID
  return ring.ids.toString('latin1', from, from + (ring.idLengths[place] ?? 0))
}

function requestAt(ring: Ring, place: number, id: string): CountedRequest | undefined {
  const status = STATUSES[ring.statuses[place] ?? FORGOTTEN]
  const projectId = ring.projects[place]
  const chatId = ring.chats[place]
  if (status === undefined || projectId === undefined || chatId === undefined) return undefined
  return {
    id,
    projectId,
    chatId,
    status,
    endMs: ring.ends[place] ?? Number.NEGATIVE_INFINITY,
    prompt: ring.prompts[place] ?? 0,
    completion: ring.completions[place] ?? 0,
    latency: present(ring.latencies[place]),
    cost: present(ring.costs[place]),
  }
}

function present(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value
}
