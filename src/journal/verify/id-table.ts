/** Every id of a project with what its first final line said, as digests: 25 bytes an id, and half as much to spare. */
import { hash } from 'node:crypto'

/** `again`: nothing new is claimed by it, such as the final line behind a pending one. */
export type Seen = 'new' | 'again' | 'resent' | 'doubled'

/** 16 bytes of the id, 8 of the line. */
const WORDS = 6
const [FREE, NOT_FINAL, FINAL] = [0, 1, 2]
const FIRST_ROOM = 1 << 12

export class IdTable {
  #words = new Uint32Array(FIRST_ROOM * WORDS)
  #states = new Uint8Array(FIRST_ROOM)
  #count = 0

  get count(): number {
    return this.#count
  }

  /** `final` is the line of a final entry; absent for a pending one, and for a summary, which is another line anyway. */
  see(id: string, final: Buffer | undefined): Seen {
    if (this.#count * 3 >= this.#states.length * 2) this.#grow()
    const digest = hash('sha256', id, 'buffer')
    const key = Uint32Array.from([0, 4, 8, 12], (at) => digest.readUInt32LE(at))
    const place = this.#find(key, 0)
    const state = this.#states[place] ?? FREE
    if (state === FREE) {
      this.#words.set(key, place * WORDS)
      this.#count++
    }
    if (final === undefined) {
      if (state === FREE) this.#states[place] = NOT_FINAL
      return state === FREE ? 'new' : 'again'
    }
    const content = hash('sha256', final, 'buffer')
    const [high, low] = [content.readUInt32LE(0), content.readUInt32LE(4)]
    const at = place * WORDS + 4
    if (state === FINAL) {
      return this.#words[at] === high && this.#words[at + 1] === low ? 'resent' : 'doubled'
    }
    this.#words[at] = high
    this.#words[at + 1] = low
    this.#states[place] = FINAL
    return state === FREE ? 'new' : 'again'
  }

  /** Where the key that stands at `from` is, or the free place where it belongs. */
  #find(key: Uint32Array, from: number): number {
    const mask = this.#states.length - 1
    let place = (key[from] ?? 0) & mask
    while (this.#states[place] !== FREE && !this.#isAt(place, key, from)) place = (place + 1) & mask
    return place
  }

  #isAt(place: number, key: Uint32Array, from: number): boolean {
    const at = place * WORDS
    return (
      this.#words[at] === key[from] &&
      this.#words[at + 1] === key[from + 1] &&
      this.#words[at + 2] === key[from + 2] &&
      this.#words[at + 3] === key[from + 3]
    )
  }

  #grow(): void {
    const [words, states] = [this.#words, this.#states]
    this.#words = new Uint32Array(words.length * 2)
    this.#states = new Uint8Array(states.length * 2)
    for (let from = 0; from < states.length; from++) {
      const state = states[from] ?? FREE
      if (state === FREE) continue
      const place = this.#find(words, from * WORDS)
      for (let word = 0; word < WORDS; word++) {
        this.#words[place * WORDS + word] = words[from * WORDS + word] ?? 0
      }
      this.#states[place] = state
    }
  }
}
