/** The user's own rules, in the order in which they are asked. */
import type { Cost } from '../../entry/entry.js'
import { FoundByName, namesOf } from '../names.js'
import { bucketsOf, isBatch, isPriority, type PricedRequest } from '../priced-request.js'
import { compareMatches, matchesName, type NameMatch } from './name-match.js'
import { amountBy, type RateTable } from './rates.js'

/** A rule that was checked. */
export interface CheckedRule {
  readonly match: NameMatch
  /** In lower case. */
  readonly provider: string | undefined
  /** Epoch ms; -Infinity for a rule without a start. */
  readonly startMs: number
  readonly standard: RateTable
  readonly batch: RateTable | undefined
  readonly priority: RateTable | undefined
}

export class RuleBook {
  /** The most specific first; of equals the one that stands first in the file. */
  readonly #rules: readonly CheckedRule[]
  readonly #fitting = new FoundByName((named) => {
    const names = [...new Set(namesOf(named).map(({ name }) => name.toLowerCase()))]
    const provider = providerOf(named)
    return this.#rules.filter(
      (rule) =>
        (rule.provider === undefined || rule.provider === provider) &&
        names.some((name) => matchesName(rule.match, name)),
    )
  })

  constructor(rules: readonly CheckedRule[]) {
    this.#rules = rules.toSorted((a, b) => -compareRules(a, b))
  }

  /** Undefined when no rule is about the request, or the one that is has no rates for priority. */
  price(request: PricedRequest): Cost | undefined {
    const rule = this.#fitting.of(request).find(({ startMs }) => startMs <= request.startMs)
    if (rule === undefined) return undefined
    const table = tableFor(rule, request)
    if (table === undefined) return undefined
    return { amount: amountBy(table, bucketsOf(request)), source: 'override' }
  }
}

/** A batch costs less than the standard rates, so that these are a bound of it; priority costs more. */
function tableFor({ standard, batch, priority }: CheckedRule, request: PricedRequest): RateTable | undefined {
  if (isPriority(request)) return priority
  return isBatch(request) ? (batch ?? standard) : standard
}

/** Above 0 when `a` is the more specific. */
function compareRules(a: CheckedRule, b: CheckedRule): number {
  return (
    compareMatches(a.match, b.match) ||
    Number(a.provider !== undefined) - Number(b.provider !== undefined) ||
    (a.startMs === b.startMs ? 0 : a.startMs - b.startMs)
  )
}

/** The entry's own word, else the prefix of a model such as `openai/gpt-4o`. */
function providerOf({ model, provider = '' }: Pick<PricedRequest, 'model' | 'provider'>): string | undefined {
  if (provider !== '') return provider.toLowerCase()
  const slash = model.indexOf('/')
  return slash < 0 ? undefined : model.slice(0, slash).toLowerCase()
}
