/** The rates of a rule, of its batch and of their tiers, checked. */
import { isObject } from '../../entry/own-fields.js'
import type { RuleProblems } from './problems.js'
import { type RateTable, rateTable } from './rates.js'
import type { PriceRates, PriceTier } from './rule.js'

export const RATES = [
  'input',
  'output',
  'cache_read',
  'cache_write',
  'cache_write_1h',
  'input_audio',
  'output_audio',
  'per_request',
] as const satisfies readonly (keyof PriceRates)[]

export const RATE_FIELDS = [...RATES, 'tiers'] as const
const TIER_FIELDS = ['above', ...RATES]

/** A price of a single token may be a dollar. */
const MAX_RATE = 1e6
const MAX_TIERS = 100

type Fields = Readonly<Record<string, unknown>>

/** Undefined with problems where something is wrong. `field` says where the rates stand, empty for the rule itself. */
export function checkRates(given: Fields, field: string, problems: RuleProblems): RateTable | undefined {
  const before = problems.count
  const rates = ratesIn(given, field, problems)
  const { input, output } = rates
  if (input === undefined) problems.missing(at(field, 'input'), given.input)
  if (output === undefined) problems.missing(at(field, 'output'), given.output)
  const tiers = checkTiers(given.tiers, at(field, 'tiers'), problems)
  if (input === undefined || output === undefined || problems.count > before) return undefined
  return rateTable({ ...rates, input, output, tiers })
}

function checkTiers(given: unknown, field: string, problems: RuleProblems): PriceTier[] {
  if (given === undefined) return []
  if (!Array.isArray(given) || given.length > MAX_TIERS) {
    problems.add(field, `is no list of at most ${MAX_TIERS} tiers`)
    return []
  }
  const seen = new Set<number>()
  return given.flatMap((tier: unknown, index) => {
    const where = `${field}[${index}]`
    if (!isObject(tier)) {
      problems.add(where, 'is not an object')
      return []
    }
    problems.knownFields(tier, TIER_FIELDS, where)
    const { above } = tier
    const rates = ratesIn(tier, where, problems)
    if (typeof above !== 'number' || !Number.isSafeInteger(above) || above < 1) {
      problems.add(at(where, 'above'), 'is no number of tokens from 1')
      return []
    }
    if (seen.has(above)) problems.add(at(where, 'above'), 'is that of another tier')
    seen.add(above)
    return [{ above, ...rates }]
  })
}

function ratesIn(given: Fields, field: string, problems: RuleProblems): Partial<PriceRates> {
  const rates: Partial<Record<keyof PriceRates, number>> = {}
  for (const name of RATES) {
    const rate = given[name]
    if (rate === undefined) continue
    if (typeof rate === 'number' && rate >= 0 && rate <= MAX_RATE) rates[name] = rate
    else problems.add(at(field, name), `is no number of USD from 0 to ${MAX_RATE}`)
  }
  return rates
}

function at(field: string, name: string): string {
  return field === '' ? name : `${field}.${name}`
}
