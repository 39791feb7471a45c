/** Requests that have not ended, into the groups of an answer. */

import type { Slices } from '../../slices.js'
import type { StatsQuestion } from '../stats-engine.js'
import { parseWriter } from '../writer.js'
import type { Calendar } from './calendar.js'
import { CODED, type CodedDimension } from './combination.js'
import type { Groups } from './groups.js'
import type { PendingRow } from './pending-rows.js'
import { includes, isWanted, valueIn, valuesIn, type Wanted } from './scan.js'
import type { Scope } from './scope.js'

export async function addPending(
  groups: Groups,
  scope: Scope,
  question: StatsQuestion,
  wanted: Wanted,
  calendar: Calendar,
  slices: Slices,
  onStart: (start: number) => void,
): Promise<void> {
  const gone = new Map<string | null, boolean>()
  const isGone = (text: string | null): boolean => {
    const known = gone.get(text)
    if (known !== undefined) return known
    const writer = text === null ? undefined : parseWriter(text)
    const answer = writer !== undefined && question.isGone(writer)
    gone.set(text, answer)
    return answer
  }
  for (const block of scope.blocks) {
    if (block.firstMs > wanted.toMs || block.lastMs < wanted.fromMs) continue
    const losers = scope.losersOf(block)
    for (const pending of await scope.pending.of(block, slices)) {
      if (slices.isOver) await slices.rest()
      const { row, start, combination } = pending
      if (losers?.has(row) === true || start < wanted.fromMs || start > wanted.toMs) continue
      if (!isWanted(combination, wanted.filter) || !hasCoded(pending, wanted.filter)) continue
      const state = isGone(combination.writer) ? 'interrupted' : 'pending'
      const { slot } = calendar.spanOf(start)
      const textOf = (dimension: string): string | null => textOfPending(pending, dimension)
      groups.forEach(groups.periodsOf(slot), groups.valuesOf(textOf), (group) => {
        group[state] += 1
      })
      groups.modelOf(combination.model)[state] += 1
      onStart(start)
    }
  }
}

function hasCoded({ coded }: PendingRow, filter: Wanted['filter']): boolean {
  return CODED.every((dimension) => {
    const wanted = filter.get(dimension)
    return (
      wanted === undefined || valuesIn(dimension, coded[dimension]).some((value) => includes(wanted, value))
    )
  })
}

function textOfPending({ coded, combination }: PendingRow, dimension: string): string | null {
  const isCoded = (name: string): name is CodedDimension => Object.hasOwn(coded, name)
  return isCoded(dimension) ? coded[dimension] : valueIn(combination, dimension)
}
