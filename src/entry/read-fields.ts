/** The fields of an entry that are no group of numbers: checked, and written as JSON with a comma before each. */
import type { Problem } from '../errors.js'
import { isId } from './ids.js'
import { jsonField, MAX_LINE, tooLarge } from './json-text.js'
import { type Fields, isObject, plainGroup, readingProblem } from './own-fields.js'
import { COMPLETED, FIELDS, REQUIRED } from './validate.js'

/** `fallback`; with a problem where it takes the place of a value that is wrong, or of one that must be there. */
export function instead<T>(fallback: T, problems: Problem[], field: string, value: unknown): T {
  if (value !== undefined) isRight(problems, field, value)
  else if (REQUIRED.has(field) && !problems.some((problem) => problem.field === field)) {
    const { code } = FIELDS.get(field) ?? { code: 'INVALID_ENTRY' }
    problems.push({ code, field, message: 'is missing' })
  }
  return fallback
}

/** One of the names that the field may have; `fallback` when there is none. */
export function choice(fallback: string, problems: Problem[], field: string, value: unknown): string {
  return value !== undefined && isRight(problems, field, value) ? String(value) : fallback
}

/** What the caller says that the request cost, USD; null when it says that nobody knows. */
export class PreparedCost {
  readonly amount: number | null
  readonly text: string

  constructor(amount: number | null, text: string) {
    this.amount = amount
    this.text = text
  }
}

export function readCost(value: unknown, problems: Problem[], operation: string): PreparedCost | undefined {
  if (value === undefined) return undefined
  try {
    const cost = plainGroup(value, COST_FIELDS)
    if (!isRight(problems, 'cost', cost) || !isObject(cost)) return undefined
    const amount = typeof cost.amount === 'number' ? cost.amount : null
    return new PreparedCost(amount, jsonField('cost', cost, operation))
  } catch (error) {
    problems.push(readingProblem('cost', error))
    return undefined
  }
}

/** The JSON of the list. Ids need no escape; checked as they are written: a proxy may answer differently each time. */
export function readIds(value: unknown, problems: Problem[]): string {
  const field = 'messages_included'
  if (value === undefined) return '[]'
  try {
    if (!isRight(problems, field, value) || !Array.isArray(value) || value.length === 0) return '[]'
    return `["${Array.from(value).filter(isId).join('","')}"]`
  } catch (error) {
    problems.push(readingProblem(field, error))
    return '[]'
  }
}

/** The fields that are written as they came. Throws ENTRY_TOO_LARGE. */
export function readRest(fields: Fields, problems: Problem[], operation: string): string {
  let rest = ''
  for (const name in fields) {
    if (COMPLETED.has(name)) continue
    try {
      // A getter may answer differently when it is written than when it was checked.
      const value = name === 'error' ? plainGroup(fields[name], ERROR_FIELDS) : fields[name]
      if (value === undefined || !isRight(problems, name, value)) continue
      rest += jsonField(name, value, operation)
      if (rest.length > MAX_LINE) throw tooLarge(operation, 'its line would hold more characters')
    } catch (error) {
      problems.push(readingProblem(name, error))
    }
  }
  return rest
}

/** What may be a getter of a class. */
const COST_FIELDS = ['amount', 'source', 'book_date']
const ERROR_FIELDS = ['code', 'message']

/** Adds the problem of a value that is not what the field must be. */
function isRight(problems: Problem[], name: string, value: unknown): boolean {
  const field = FIELDS.get(name)
  const message = field?.check(value)
  if (field === undefined || message === undefined) return true
  problems.push({ code: field.code, field: name, message })
  return false
}
