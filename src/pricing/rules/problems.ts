/** What is wrong with a list of rules: each problem names the rule and the field. */
import { type Problem, shownText, ValidationError } from '../../errors.js'

/** A list that is no list of rules at all would have thousands. */
const MAX_PROBLEMS = 20

export class PriceProblems {
  readonly #where: string
  readonly #problems: Problem[] = []

  /** `where` is the option's name, or the path of the file. */
  constructor(where: string) {
    this.#where = where
  }

  get count(): number {
    return this.#problems.length
  }

  add(field: string, message: string): void {
    const at = field === '' ? this.#where : `${this.#where}: ${field}`
    this.#problems.push({ code: 'PRICES_INVALID', field: at, message })
  }

  /** Throws ValidationError PRICES_INVALID when there are any. */
  throwAny(): void {
    const [first, ...others] = this.#problems.slice(0, MAX_PROBLEMS)
    if (first !== undefined) throw new ValidationError('openLedger', [first, ...others])
  }
}

/** Those of one rule. */
export class RuleProblems {
  readonly #all: PriceProblems
  readonly #rule: string
  readonly #match: string

  /** `match` is how the rule says which models it is about, as far as it does. */
  constructor(all: PriceProblems, index: number, match: string) {
    this.#all = all
    this.#rule = `rules[${index}]`
    this.#match = match
  }

  get count(): number {
    return this.#all.count
  }

  /** `field` is empty for the rule itself. */
  add(field: string, message: string): void {
    const of = this.#match === '' ? '' : ` (rule for ${this.#match})`
    this.#all.add(field === '' ? this.#rule : `${this.#rule}.${field}`, message + of)
  }

  /** For what must be there; a value that is there and wrong has its own problem. */
  missing(field: string, given: unknown): void {
    if (given === undefined) this.add(field, 'is missing; 0 is said where it is free')
  }

  /** A name that is misspelt would be a price that is not taken. */
  knownFields(given: object, known: readonly string[], field: string): void {
    for (const name of Object.keys(given)) {
      if (known.includes(name)) continue
      const shown = JSON.stringify(shownText(name, 60))
      this.add(field, `has a field that is not known: ${shown}; known are ${known.join(', ')}`)
    }
  }
}
