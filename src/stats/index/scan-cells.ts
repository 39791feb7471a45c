/** What a part has summed up, into the cells of a cube. */

import type { Slices } from '../../slices.js'
import type { Dimension } from '../stats-engine.js'
import type { Calendar } from './calendar.js'
import type { Cube } from './cube.js'
import { PERIOD_DIMENSIONS } from './roll-up.js'
import type { Rollup } from './rollup.js'
import type { Block } from './rows.js'

/** Cells of a block, and the slot that each lies in as a whole. */
export interface PlacedCells {
  readonly rollup: Rollup
  readonly slots: Float64Array
}

/** A cell is as much work as several rows. */
const STRIDE = 64

/** Undefined when the block has no cells that lie in slots as a whole and tell `dimensions` apart. */
export async function placedCells(
  calendar: Calendar,
  dimensions: readonly Dimension[],
  { presummed }: Block,
): Promise<PlacedCells | undefined> {
  if (presummed === undefined) return undefined
  if (calendar.resolution === 'all') return placedIn(calendar, await presummed.all())
  if (!dimensions.every((dimension) => PERIOD_DIMENSIONS.includes(dimension))) return undefined
  const days = calendar.resolution === 'hour' ? undefined : await presummed.days()
  return placedIn(calendar, days) ?? placedIn(calendar, await presummed.quarters())
}

/** Undefined when one of the cells does not lie in a slot as a whole. */
function placedIn(calendar: Calendar, rollup: Rollup | undefined): PlacedCells | undefined {
  if (rollup === undefined) return undefined
  const slots = new Float64Array(rollup.count)
  let span = { slot: 0, fromMs: Number.POSITIVE_INFINITY, endMs: Number.NEGATIVE_INFINITY }
  for (let at = 0; at < rollup.count; at++) {
    const first = rollup.first[at] ?? 0
    if (!(first >= span.fromMs && first < span.endMs)) span = calendar.spanOf(first)
    // A day of UTC is none of another zone; and offsets of other days were no multiples of a quarter of an hour.
    if ((rollup.last[at] ?? 0) >= span.endMs) return undefined
    slots[at] = span.slot
  }
  return { rollup, slots }
}

/** Adds those whose combination has a tuple, none being below 0. False when the cube has more than `maxCells` by then. */
export async function addCells(
  cube: Cube,
  { rollup, slots }: PlacedCells,
  tuples: Int32Array,
  slices: Slices,
  maxCells: number,
): Promise<boolean> {
  for (let at = 0; at < rollup.count; at++) {
    if (at % STRIDE === 0 && slices.isOver) await slices.rest()
    const tuple = tuples[rollup.combination[at] ?? 0] ?? -1
    if (tuple < 0) continue
    rollup.addTo(cube.cell(cube.slot(slots[at] ?? 0), tuple), at)
    if (cube.cells > maxCells) return false
  }
  return true
}
