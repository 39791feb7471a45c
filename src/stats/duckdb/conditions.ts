/** What a question asks for, as a condition on the winning lines. */
import type { Dimension } from '../stats-engine.js'
import { dimensionColumn } from './lines.js'
import type { Bindings } from './session.js'

export interface Conditions {
  readonly chatId: string | undefined
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
  readonly filter: ReadonlyMap<Dimension, readonly string[]>
}

/** The dimensions that the conditions read. */
export function conditionDimensions({ chatId, filter }: Conditions): Dimension[] {
  return [...(chatId === undefined ? [] : (['chat'] as const)), ...filter.keys()]
}

/** Each must hold. `dimensions` are those the table was loaded with, in its order. */
export function conditionsSql(
  { chatId, fromMs, toMs, filter }: Conditions,
  dimensions: readonly Dimension[],
  bindings: Bindings,
): string[] {
  const column = (dimension: Dimension): string => dimensionColumn(dimensions.indexOf(dimension))
  const conditions: string[] = []
  if (chatId !== undefined) conditions.push(`${column('chat')} = ${bindings.bind(chatId)}`)
  if (fromMs !== undefined) conditions.push(`start_ms >= ${bindings.bind(fromMs)}`)
  if (toMs !== undefined) conditions.push(`start_ms <= ${bindings.bind(toMs)}`)
  for (const [dimension, values] of filter) {
    const wanted = bindings.bind(values)
    conditions.push(
      dimension === 'tag'
        ? `list_has_any(${column(dimension)}, ${wanted})`
        : `list_contains(${wanted}, ${column(dimension)})`,
    )
  }
  return conditions
}
