/** The rows of a part and those of the lines behind it, as one block. */

import { CODED, type CodedDimension, type Combination, combinationKey } from './combination.js'
import { Dictionary } from './dictionary.js'
import {
  type Block,
  CODES,
  type CodeColumn,
  type Columns,
  codesOf,
  DOUBLES,
  type DoubleColumn,
  doublesOf,
  type Ids,
  type Texts,
} from './rows.js'

export async function joinRows(blocks: readonly Block[]): Promise<Block> {
  const count = blocks.reduce((sum, block) => sum + block.count, 0)
  const doubles = new Map(DOUBLES.map((name) => [name, new Float64Array(count)] as const))
  const codes = new Map(CODES.map((name) => [name, new Uint32Array(count)] as const))
  const words = new Uint32Array(count * 3)
  const combinations = new Combinations()
  const texts = new Map(CODED.map((dimension) => [dimension, new Dictionary()] as const))
  let from = 0
  for (const block of blocks) {
    const columns = await block.columns([...DOUBLES, ...CODES])
    for (const [name, column] of doubles) column.set(doublesOf(columns, name), from)
    const codeIn = new Map<CodeColumn, readonly number[]>([
      ['combination', block.combinations.map((combination) => combinations.codeOf(combination))],
    ])
    for (const [dimension, dictionary] of texts) {
      codeIn.set(
        dimension,
        (await block.texts(dimension)).map((text) => dictionary.codeOf(text)),
      )
    }
    for (const [name, column] of codes) {
      const own = codesOf(columns, name)
      const joined = codeIn.get(name) ?? []
      for (let row = 0; row < block.count; row++) column[from + row] = joined[own[row] ?? 0] ?? 0
    }
    const ids = await block.ids()
    for (let at = 0; at < block.count; at++) {
      words.set(ids.words.subarray(at * 3, at * 3 + 3), (from + ids.rowOf(at)) * 3)
    }
    from += block.count
  }
  return {
    count,
    combinations: combinations.all,
    firstMs: Math.min(...blocks.map(({ firstMs }) => firstMs)),
    lastMs: Math.max(...blocks.map(({ lastMs }) => lastMs)),
    columns: (_names: readonly (DoubleColumn | CodeColumn)[]): Promise<Columns> =>
      Promise.resolve({ from: 0, count, doubles, codes }),
    texts: (dimension: CodedDimension): Promise<Texts> =>
      Promise.resolve(texts.get(dimension)?.texts ?? [null]),
    mayHave: () => Promise.resolve(true),
    ids: (): Promise<Ids> => Promise.resolve({ words, rowOf: (at) => at, find: () => [] }),
    idWords: () => Promise.resolve(words),
    likelyIds: (keys) => Promise.resolve(keys),
  }
}

class Combinations {
  readonly all: Combination[] = []
  readonly #codes = new Map<string, number>()

  codeOf(combination: Combination): number {
    const key = combinationKey(combination)
    const code = this.#codes.get(key) ?? this.all.push(combination) - 1
    this.#codes.set(key, code)
    return code
  }
}
