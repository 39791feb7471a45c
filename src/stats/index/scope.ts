/** What is known of the requests of a project, or of all: which rows count, and their cubes. */

import type { Slices } from '../../slices.js'
import type { Dimension } from '../stats-engine.js'
import type { Calendar } from './calendar.js'
import { Contests } from './contests.js'
import { Cube } from './cube.js'
import type { KeptCubes } from './kept-cubes.js'
import { MEASURED_COLUMNS, MeasuredRows } from './measured-rows.js'
import { PendingRows } from './pending-rows.js'
import { type Block, codesOf } from './rows.js'
import { EVERYTHING, scan, tuplesOf, type Wanted } from './scan.js'
import type { Place, SeenIds } from './seen-ids.js'

/** Cells of one cube; a question of more is answered from the rows. */
const MAX_CELLS = 20_000
/** Of one block; to sum up anew costs less than more. */
const MAX_TAKEN_BACK = 10_000

export class Scope {
  readonly #kept: KeptCubes
  readonly #contests: Contests
  readonly pending = new PendingRows()
  /** How many rows of each block are counted, in reading order. */
  #counted = new Map<Block, number>()
  readonly #cubes = new Map<string, Cube>()
  /** Shapes that have too many cells. */
  readonly #tooLarge = new Set<string>()

  constructor(kept: KeptCubes, ids: SeenIds) {
    this.#kept = kept
    this.#contests = new Contests(ids)
  }

  get blocks(): readonly Block[] {
    return [...this.#counted.keys()]
  }

  /** Whether each id has one row. */
  get isUncontested(): boolean {
    return this.#contests.isEmpty
  }

  losersOf(block: Block): ReadonlySet<number> | undefined {
    return this.#contests.losersOf(block)
  }

  /** Makes it as the blocks are now, which are given in reading order and whose ids are all seen. */
  async update(blocks: readonly Block[], slices: Slices): Promise<void> {
    const before = this.#counted
    const now = new Set(blocks)
    const gone = this.blocks.filter((block) => !now.has(block))
    this.#contests.remove(gone)
    this.pending.forget(gone)
    const left = this.blocks.filter((block) => now.has(block))
    const isReordered = blocks.filter((block) => before.has(block)).some((block, at) => block !== left[at])
    // A contest may have been decided without the rows of a block that was not here.
    const everything = isReordered || left.length < blocks.length
    const { beaten, isRevived } = await this.#contests.decide(blocks, { everything })
    // Only sums made anew tell what is in them without rows that are gone, or with those that count again.
    if (gone.length > 0 || isRevived) this.#forgetCubes()
    for (const [shape, cube] of this.#cubes) {
      if (await this.#bringUp(cube, blocks, before, beaten, slices)) continue
      this.#cubes.delete(shape)
      this.#kept.drop(cube)
    }
    this.#counted = new Map(blocks.map((block) => [block, block.count] as const))
  }

  /** Counts rows that were read since the last question, of blocks of which some are counted. */
  async takeIn(blocks: readonly Block[], slices: Slices): Promise<void> {
    if (this.#placeOf(blocks) >= 0) await this.update(this.#withInPlaceOf(blocks, blocks), slices)
  }

  /** The rows of the blocks, which are all counted, are in another one now, each id once; what counts stays the same. */
  async replace(gone: readonly Block[], block: Block): Promise<void> {
    if (this.#placeOf(gone) < 0) return
    const blocks = this.#withInPlaceOf(gone, [block])
    this.#contests.forget(gone)
    this.pending.forget(gone)
    this.#counted = new Map(blocks.map((other) => [other, other.count] as const))
    await this.#contests.decide(blocks, { everything: false })
  }

  #placeOf(blocks: readonly Block[]): number {
    return this.blocks.findIndex((block) => blocks.includes(block))
  }

  #withInPlaceOf(gone: readonly Block[], blocks: readonly Block[]): Block[] {
    const left = this.blocks.filter((block) => !gone.includes(block))
    return left.toSpliced(this.#placeOf(gone), 0, ...blocks)
  }

  /** The sums of all that counts; undefined when there would be too many cells. */
  async cube(
    calendar: Calendar,
    dimensions: readonly Dimension[],
    slices: Slices,
  ): Promise<Cube | undefined> {
    const cube = new Cube(calendar, dimensions)
    const shape = JSON.stringify([calendar.name, cube.dimensions])
    if (this.#tooLarge.has(shape)) return undefined
    const known = this.#cubes.get(shape)
    if (known !== undefined) {
      this.#use(shape, known)
      return known
    }
    if (!(await this.scan(cube, EVERYTHING, slices, MAX_CELLS))) {
      this.#tooLarge.add(shape)
      return undefined
    }
    this.#cubes.set(shape, cube)
    this.#use(shape, cube)
    return cube
  }

  /** Adds the wanted rows that count; false when that makes more cells than `maxCells`. */
  async scan(
    cube: Cube,
    wanted: Wanted,
    slices: Slices,
    maxCells?: number,
    blocks: readonly Block[] = this.blocks,
  ): Promise<boolean> {
    for (const block of blocks) {
      const rows = { from: 0, to: block.count, losers: this.losersOf(block) }
      if (!(await scan(cube, block, rows, wanted, slices, maxCells))) return false
    }
    return true
  }

  #use(shape: string, cube: Cube): void {
    this.#kept.use(cube, () => this.#cubes.delete(shape))
  }

  #forgetCubes(): void {
    for (const cube of this.#cubes.values()) this.#kept.drop(cube)
    this.#cubes.clear()
    this.#tooLarge.clear()
  }

  /** Adds the new rows and takes back the beaten ones; false when the cube cannot tell what is left without them. */
  async #bringUp(
    cube: Cube,
    blocks: readonly Block[],
    before: ReadonlyMap<Block, number>,
    beaten: readonly Place[],
    slices: Slices,
  ): Promise<boolean> {
    for (const block of blocks) {
      const from = before.get(block) ?? 0
      if (from === block.count) continue
      const rows = { from, to: block.count, losers: this.losersOf(block) }
      if (!(await scan(cube, block, rows, EVERYTHING, slices, MAX_CELLS))) return false
    }
    const gone = new Map<Block, number[]>()
    for (const { block, row } of beaten) {
      if (row >= (before.get(block) ?? 0)) continue
      const rows = gone.get(block)
      if (rows === undefined) gone.set(block, [row])
      else rows.push(row)
    }
    const unknown = new Set<number>()
    for (const [block, rows] of gone) {
      if (rows.length > MAX_TAKEN_BACK) return false
      for (const slot of await takeBack(cube, block, rows, slices)) unknown.add(slot)
    }
    if (unknown.size === 0) return true
    if (cube.calendar.resolution === 'all') return false
    for (const { fromMs, endMs } of cube.forget(unknown)) {
      await this.scan(cube, { ...EVERYTHING, fromMs, toMs: endMs - 1 }, slices, undefined, blocks)
    }
    return true
  }
}

/** The slots whose cells cannot tell what is left without the rows: those were the largest, the first or the last in them. */
async function takeBack(
  cube: Cube,
  block: Block,
  rows: readonly number[],
  slices: Slices,
): Promise<readonly number[]> {
  const tuples = await tuplesOf(cube, block, EVERYTHING.filter)
  if (tuples === undefined) return []
  const columns = await block.columns([...MEASURED_COLUMNS, ...tuples.coded], slices)
  const combinations = codesOf(columns, 'combination')
  const measured = new MeasuredRows(columns, block.combinations)
  const tupleOf = tuples.reader(columns)
  const unknown: number[] = []
  for (const row of rows) {
    // Pending rows are not in a cube.
    if (block.combinations[combinations[row] ?? 0]?.status === 'pending') continue
    const { slot } = cube.calendar.spanOf(measured.start[row] ?? 0)
    const tuple = tupleOf(row)
    const cell = cube.slot(slot).get(tuple)
    if (cell === undefined || measured.isExtreme(cell, row)) unknown.push(slot)
    else measured.count(cell, row, -1)
  }
  return unknown
}
