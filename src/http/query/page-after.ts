/** Pages of a list that only grows at its end. */
import { invalid } from '../../errors.js'

const DEFAULT_LIMIT = 50

export interface Page<T> {
  readonly items: readonly T[]
  /** The id of the last item, to go on after it; null on the last page. */
  readonly nextCursor: string | null
}

/** The items after the one whose id is `cursor`, at most `limit`. Throws INVALID_CURSOR when no item has that id. */
export function pageAfter<T extends { readonly id: string }>(
  items: readonly T[],
  { cursor, limit = DEFAULT_LIMIT }: { readonly cursor?: string; readonly limit?: number },
): Page<T> {
  const last = cursor === undefined ? -1 : items.findIndex((item) => item.id === cursor)
  if (cursor !== undefined && last === -1) {
    throw invalid('readChat', 'INVALID_CURSOR', 'cursor', 'is not the cursor of a page of this list')
  }
  const page = items.slice(last + 1, last + 1 + limit)
  const isLast = last + 1 + limit >= items.length
  return { items: page, nextCursor: isLast ? null : (page.at(-1)?.id ?? null) }
}
