/** Requests that have not ended: whether they are interrupted is asked anew at each question. */

import type { Slices } from '../../slices.js'
import { CODED, type CodedDimension, type Combination } from './combination.js'
import { type Block, codesOf, doublesOf } from './rows.js'

export interface PendingRow {
  readonly row: number
  /** Epoch ms. */
  readonly start: number
  readonly combination: Combination
  readonly coded: Readonly<Record<CodedDimension, string | null>>
}

/** More are read again at each question: an application that ends none of its requests has millions. */
const MAX_KEPT = 50_000
const STRIDE = 1024

export class PendingRows {
  readonly #kept = new Map<Block, { readonly upTo: number; readonly rows: PendingRow[] }>()
  #count = 0

  /** All of the block, also those that another line of their id beats. */
  async of(block: Block, slices: Slices): Promise<readonly PendingRow[]> {
    const kept = this.#kept.get(block)
    if (kept?.upTo === block.count) return kept.rows
    const hasOne = block.combinations.some(isPending)
    const rows = [...(kept?.rows ?? []), ...(hasOne ? await read(block, kept?.upTo ?? 0, slices) : [])]
    this.forget([block])
    if (this.#count + rows.length <= MAX_KEPT) {
      this.#kept.set(block, { upTo: block.count, rows })
      this.#count += rows.length
    }
    return rows
  }

  forget(blocks: readonly Block[]): void {
    for (const block of blocks) {
      this.#count -= this.#kept.get(block)?.rows.length ?? 0
      this.#kept.delete(block)
    }
  }
}

function isPending({ status }: Combination): boolean {
  return status === 'pending'
}

async function read(block: Block, from: number, slices: Slices): Promise<PendingRow[]> {
  const columns = await block.columns(['start', 'combination', ...CODED], slices)
  const starts = doublesOf(columns, 'start')
  const combinations = codesOf(columns, 'combination')
  const [chat, user, session, tag] = await Promise.all(
    CODED.map(async (dimension) => {
      const texts = await block.texts(dimension)
      const codes = codesOf(columns, dimension)
      return (row: number) => texts[codes[row] ?? 0] ?? null
    }),
  )
  const rows: PendingRow[] = []
  for (let row = from; row < block.count; row++) {
    if (row % STRIDE === 0 && slices.isOver) await slices.rest()
    const combination = block.combinations[combinations[row] ?? 0]
    if (combination === undefined || !isPending(combination)) continue
    const coded = {
      chat: chat?.(row) ?? null,
      user: user?.(row) ?? null,
      session: session?.(row) ?? null,
      tag: tag?.(row) ?? null,
    }
    rows.push({ row, start: starts[row] ?? Number.NaN, combination, coded })
  }
  return rows
}
