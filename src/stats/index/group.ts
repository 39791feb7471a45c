/** One group of an answer. */
import { Cell } from './cell.js'

export class Group {
  #cell: Cell | undefined
  #isOwn = false
  pending = 0
  interrupted = 0

  /** Of a group that has a single cell that cell itself, which is not changed. */
  get cell(): Cell {
    return this.#cell ?? NOTHING
  }

  get isEmpty(): boolean {
    return this.#cell === undefined && this.pending === 0 && this.interrupted === 0
  }

  add(cell: Cell): void {
    if (this.#cell === undefined) {
      this.#cell = cell
      return
    }
    if (!this.#isOwn) {
      const own = new Cell()
      own.merge(this.#cell)
      this.#cell = own
      this.#isOwn = true
    }
    this.#cell.merge(cell)
  }

  addGroup(other: Group): void {
    if (other.#cell !== undefined) this.add(other.#cell)
    this.pending += other.pending
    this.interrupted += other.interrupted
  }
}

const NOTHING = new Cell()
