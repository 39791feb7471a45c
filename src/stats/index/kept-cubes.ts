/** The cubes of all scopes: of too many cells the one that was not asked for the longest time goes first. */
import type { Cube } from './cube.js'

/** About 2 KB each, most of it the two histograms. */
const MAX_CELLS = 50_000

export class KeptCubes {
  readonly #cubes = new Map<Cube, (cube: Cube) => void>()

  /** `forget` is told when the cube is not kept any more. */
  use(cube: Cube, forget: (cube: Cube) => void): void {
    this.#cubes.delete(cube)
    this.#cubes.set(cube, forget)
    let cells = 0
    for (const { cells: own } of this.#cubes.keys()) cells += own
    for (const [oldest, forgetOldest] of this.#cubes) {
      if (cells <= MAX_CELLS || oldest === cube) return
      this.#cubes.delete(oldest)
      forgetOldest(oldest)
      cells -= oldest.cells
    }
  }

  drop(cube: Cube): void {
    this.#cubes.delete(cube)
  }
}
