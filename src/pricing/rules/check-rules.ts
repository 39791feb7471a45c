/** What prices.json or the option holds, as rules that can be asked. */
import { isObject } from '../../entry/own-fields.js'
import { parseInstant } from '../../entry/timestamp.js'
import { shownText } from '../../errors.js'
import { checkRates, RATE_FIELDS } from './check-rates.js'
import { KINDS, type NameMatch } from './name-match.js'
import { PriceProblems, RuleProblems } from './problems.js'
import type { RateTable } from './rates.js'
import { type CheckedRule, RuleBook } from './rule-book.js'

const MAX_RULES = 10_000
/** Of a model's name, see entry/validate.ts. */
const MAX_TEXT = 256
const RULE_FIELDS = ['match', 'provider', 'start', ...RATE_FIELDS, 'batch', 'priority', 'note']

/** Throws ValidationError PRICES_INVALID with all problems; `where` is the option's name, or the path of the file. */
export function checkRules(given: unknown, where: string): RuleBook {
  const problems = new PriceProblems(where)
  const seen = new Map<string, number>()
  const checked = listOf(given, problems).flatMap((rule, index) => {
    const match = isObject(rule) ? rule.match : undefined
    const own = new RuleProblems(problems, index, match === undefined ? '' : shown(match))
    const made = checkRule(rule, own)
    if (made === undefined) return []
    const key = JSON.stringify([made.match.kind, made.match.text, made.provider ?? null, made.startMs])
    const before = seen.get(key)
    if (before !== undefined) own.add('', `has the match, provider and start of rules[${before}]`)
    seen.set(key, index)
    return [made]
  })
  problems.throwAny()
  return new RuleBook(checked)
}

function listOf(given: unknown, problems: PriceProblems): readonly unknown[] {
  const rules = isObject(given) ? given.rules : undefined
  if (!isObject(given) || !Array.isArray(rules) || rules.length > MAX_RULES) {
    problems.add('', `is not {"rules": [...]} with at most ${MAX_RULES} rules`)
    return []
  }
  const unknown = Object.keys(given).find((name) => name !== 'rules')
  if (unknown !== undefined) {
    problems.add('', `has a field that is not known beside rules: ${JSON.stringify(shownText(unknown, 60))}`)
  }
  return rules
}

function checkRule(rule: unknown, problems: RuleProblems): CheckedRule | undefined {
  if (!isObject(rule)) {
    problems.add('', 'is not an object')
    return undefined
  }
  problems.knownFields(rule, RULE_FIELDS, '')
  const match = checkMatch(rule.match, problems)
  const { provider, note } = rule
  if (provider !== undefined && !isName(provider)) {
    problems.add('provider', `is no text of 1 to ${MAX_TEXT} characters`)
  }
  if (note !== undefined && typeof note !== 'string') problems.add('note', 'is no text')
  const startMs = checkStart(rule.start, problems)
  const standard = checkRates(rule, '', problems)
  const batch = checkTier(rule.batch, 'batch', problems)
  const priority = checkTier(rule.priority, 'priority', problems)
  if (match === undefined || startMs === undefined || standard === undefined) return undefined
  return {
    match,
    provider: isName(provider) ? provider.toLowerCase() : undefined,
    startMs,
    standard,
    batch,
    priority,
  }
}

/** The rates of a tier of service; undefined for none, and with problems. */
function checkTier(
  rates: unknown,
  field: 'batch' | 'priority',
  problems: RuleProblems,
): RateTable | undefined {
  if (rates === undefined) return undefined
  if (isObject(rates)) {
    problems.knownFields(rates, RATE_FIELDS, field)
    return checkRates(rates, field, problems)
  }
  problems.add(field, 'is not an object of rates')
  return undefined
}

function checkMatch(match: unknown, problems: RuleProblems): NameMatch | undefined {
  const [kind, text] = typeof match === 'string' ? ['exact', match] : onlyField(match)
  const known = KINDS.find((name) => name === kind)
  if (known !== undefined && isName(text)) return { kind: known, text: text.toLowerCase() }
  const forms = 'is no name of a model, and no {"exact"}, {"prefix"} or {"pattern"} of one'
  problems.add('match', `${forms}, with 1 to ${MAX_TEXT} characters`)
  return undefined
}

function onlyField(match: unknown): readonly [string, unknown] | readonly [] {
  const [field, ...others] = isObject(match) ? Object.entries(match) : []
  return field === undefined || others.length > 0 ? [] : field
}

const DATE = /^\d{4}-\d{2}-\d{2}$/

/** -Infinity for none; undefined with a problem for what is no date. */
function checkStart(start: unknown, problems: RuleProblems): number | undefined {
  if (start === undefined) return Number.NEGATIVE_INFINITY
  const ms =
    typeof start === 'string' ? parseInstant(DATE.test(start) ? `${start}T00:00:00Z` : start) : undefined
  if (ms === undefined) problems.add('start', 'is neither a date nor an instant with a zone')
  return ms
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT
}

function shown(match: unknown): string {
  const text: unknown = typeof match === 'string' ? match : onlyField(match)[1]
  return typeof text === 'string' ? JSON.stringify(shownText(text, 60)) : ''
}
