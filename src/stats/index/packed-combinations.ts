/** Combinations as the header of a part has them: each text once, for thousands of headers are parsed when a ledger is opened. */
import { STATUSES } from '../../entry/entry.js'
import { COMBINED, type Combination } from './combination.js'
import { Dictionary } from './dictionary.js'

export interface PackedCombinations {
  /** By code; 0 is null. */
  readonly texts: readonly (string | null)[]
  /** WIDTH numbers each: the codes of COMBINED, that of the writer, and the flags. */
  readonly codes: readonly number[]
}

const WIDTH = COMBINED.length + 2
const ESTIMATED = 1
const SUMMARIZED = 2

export function packCombinations(combinations: readonly Combination[]): PackedCombinations {
  const dictionary = new Dictionary()
  const codes = combinations.flatMap((combination) => [
    ...COMBINED.map((dimension) => dictionary.codeOf(combination[dimension])),
    dictionary.codeOf(combination.writer),
    (combination.estimated ? ESTIMATED : 0) | (combination.summarized ? SUMMARIZED : 0),
  ])
  return { texts: dictionary.texts, codes }
}

/** Undefined when a status is none. */
export function unpackCombinations({ texts, codes }: PackedCombinations): Combination[] | undefined {
  const combinations: Combination[] = []
  for (let at = 0; at < codes.length; at += WIDTH) {
    const text = (dimension: (typeof COMBINED)[number]): string | null =>
      texts[codes[at + COMBINED.indexOf(dimension)] ?? 0] ?? null
    const status = STATUSES.find((known) => known === text('status'))
    if (status === undefined) return undefined
    const flags = codes[at + WIDTH - 1] ?? 0
    combinations.push({
      status,
      model: text('model'),
      provider: text('provider'),
      request_type: text('request_type'),
      environment: text('environment'),
      error_code: text('error_code'),
      project: text('project'),
      estimated: (flags & ESTIMATED) !== 0,
      summarized: (flags & SUMMARIZED) !== 0,
      writer: texts[codes[at + COMBINED.length] ?? 0] ?? null,
    })
  }
  return combinations
}
