/** What is known of each imported call, by its id: 33 bytes a place in arrays of numbers, however long the lines are. */
import { hash } from 'node:crypto'

/** Of one call. */
export interface KnownState {
  /** Epoch ms; -Infinity when a line has none. */
  readonly endMs: number
  /** Undefined of a line that retention has cut down, or that no import has written. */
  readonly mark: number | undefined
  /** It has a finish reason. */
  readonly isFinished: boolean
  /** Met in this run, in whatever file. */
  readonly isMet: boolean
  /** Its place among what this run logs; undefined when it is not logged by this run. */
  readonly logged: number | undefined
}

const FIRST_PLACES = 1 << 12
const MAX_LOAD = 0.6
const NOT_LOGGED = 0xffff_ffff
const USED = 1
const FINISHED = 2
const MET = 4

interface Places {
  readonly high: Uint32Array
  readonly low: Uint32Array
  readonly ends: Float64Array
  /** NaN when there is none. */
  readonly marks: Float64Array
  readonly logged: Uint32Array
  readonly flags: Uint8Array
}

/** A hash table with open addressing. */
export class StateTable {
  #places = makePlaces(FIRST_PLACES)
  #size = 0

  get size(): number {
    return this.#size
  }

  get(id: string): KnownState | undefined {
    const place = findPlace(this.#places, keyOf(id))
    const flags = this.#places.flags[place] ?? 0
    if (flags === 0) return undefined
    const mark = this.#places.marks[place] ?? Number.NaN
    const logged = this.#places.logged[place] ?? NOT_LOGGED
    return {
      endMs: this.#places.ends[place] ?? Number.NEGATIVE_INFINITY,
      mark: Number.isNaN(mark) ? undefined : mark,
      isFinished: (flags & FINISHED) !== 0,
      isMet: (flags & MET) !== 0,
      logged: logged === NOT_LOGGED ? undefined : logged,
    }
  }

  set(id: string, state: KnownState): void {
    const key = keyOf(id)
    if (this.#size + 1 > MAX_LOAD * this.#places.flags.length) this.#grow()
    const place = findPlace(this.#places, key)
    if (this.#places.flags[place] === 0) this.#size++
    const { high, low, ends, marks, logged, flags } = this.#places
    high[place] = key.high
    low[place] = key.low
    ends[place] = state.endMs
    marks[place] = state.mark ?? Number.NaN
    logged[place] = state.logged ?? NOT_LOGGED
    flags[place] = USED | (state.isFinished ? FINISHED : 0) | (state.isMet ? MET : 0)
  }

  #grow(): void {
    const before = this.#places
    const after = makePlaces(2 * before.flags.length)
    for (let from = 0; from < before.flags.length; from++) {
      if (before.flags[from] === 0) continue
      const to = findPlace(after, { high: before.high[from] ?? 0, low: before.low[from] ?? 0 })
      for (const name of ['high', 'low', 'ends', 'marks', 'logged', 'flags'] as const) {
        after[name][to] = before[name][from] ?? 0
      }
    }
    this.#places = after
  }
}

interface Key {
  readonly high: number
  readonly low: number
}

/** 64 bits of a hash: of a million ids two are alike once in 30 million ledgers. */
function keyOf(id: string): Key {
  const digits = HASHED.exec(id)?.[1] ?? hash('sha256', id)
  return { high: Number.parseInt(digits.slice(0, 8), 16), low: Number.parseInt(digits.slice(8, 16), 16) }
}

/** Most ids are made from a hash. */
const HASHED = /-([0-9a-f]{32})$/

/** Where the key is, or where it would be put. */
function findPlace({ high, low, flags }: Places, key: Key): number {
  const last = flags.length - 1
  let place = key.low & last
  while (flags[place] !== 0 && (high[place] !== key.high || low[place] !== key.low))
    place = (place + 1) & last
  return place
}

function makePlaces(count: number): Places {
  return {
    high: new Uint32Array(count),
    low: new Uint32Array(count),
    ends: new Float64Array(count),
    marks: new Float64Array(count),
    logged: new Uint32Array(count),
    flags: new Uint8Array(count),
  }
}
