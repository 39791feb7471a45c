/** Requests against their schemas; what differs becomes a ValidationError with the codes the ledger uses. */
import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { shownText } from '../errors.js'
import { ERROR_HINTS, type ErrorCode, type Problem, ValidationError } from '../index.js'

/** Longer lists of problems help nobody. */
const MAX_PROBLEMS = 20

/** Fields whose code is not `INVALID_` and their name. */
const CODE_OF_FIELD: Readonly<Record<string, ErrorCode>> = {
  default_model: 'INVALID_MODEL',
  forked_from_chat_id: 'INVALID_CHAT_ID',
  forked_at_message_id: 'INVALID_ID',
  from_date: 'INVALID_DATE',
  to_date: 'INVALID_DATE',
  limit: 'INVALID_OPTION',
  week_start: 'INVALID_OPTION',
  repriced: 'INVALID_OPTION',
}

/** Its fields are named as the caller wrote them. */
export class WrittenFieldsError extends ValidationError {}

interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly params: object
  readonly message?: string
}

/**
 * Bodies are taken as they are. In a query, where all is text, `5` is an integer, `true` a boolean and one value a list of
 * one.
 */
export const validateBySchema: FastifySchemaCompiler<TSchema> = ({ schema, httpPart, url = '' }) => {
  const check = Compile(schema)
  return (value: unknown) => {
    const given = httpPart === 'querystring' ? readQuery(schema, value) : value
    if (check.Check(given)) return { value: given }
    const problems = problemsOf(check.Errors(given), httpPart ?? 'request', namesIn(schema))
    return { error: new WrittenFieldsError(url, problems) }
  }
}

/**
 * For bodies whose fields the ledger checks itself (entries, messages): here they are only objects. The schema still
 * says in /openapi.json what the fields are, and there is one place that decides.
 */
export function bodyCheckedByLedger(code: ErrorCode): FastifySchemaCompiler<TSchema> {
  return (route) => {
    if (route.httpPart !== 'body') return validateBySchema(route)
    return (value: unknown) => {
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value }
      const problem = { code, field: 'body', message: 'must be a JSON object' }
      return { error: new ValidationError(route.url ?? '', [problem]) }
    }
  }
}

function readQuery(schema: TSchema, query: unknown): unknown {
  if (typeof query !== 'object' || query === null) return query
  const properties = 'properties' in schema ? schema.properties : {}
  return Object.fromEntries(
    Object.entries(query).map(([name, value]: [string, unknown]) => {
      const type = typeOf(properties, name)
      if (type === 'array' && typeof value === 'string') return [name, [value]]
      if (type === 'integer' && typeof value === 'string' && /^\d{1,15}$/.test(value))
        return [name, Number(value)]
      if (type === 'boolean' && (value === 'true' || value === 'false')) return [name, value === 'true']
      return [name, value]
    }),
  )
}

function typeOf(properties: unknown, name: string): unknown {
  if (typeof properties !== 'object' || properties === null || !Object.hasOwn(properties, name))
    return undefined
  const property: unknown = Reflect.get(properties, name)
  return typeof property === 'object' && property !== null && 'type' in property ? property.type : undefined
}

function namesIn(schema: TSchema): readonly string[] {
  return 'properties' in schema ? Object.keys(Object(schema.properties)) : []
}

function problemsOf(
  errors: readonly SchemaError[],
  part: string,
  known: readonly string[],
): [Problem, ...Problem[]] {
  const [first, ...rest] = errors.flatMap((error) => problemsIn(error, part, known)).slice(0, MAX_PROBLEMS)
  return [first ?? { code: 'INVALID_REQUEST', field: part, message: 'does not fit the schema' }, ...rest]
}

function problemsIn(error: SchemaError, part: string, known: readonly string[]): Problem[] {
  const path = error.instancePath.split('/').slice(1)
  const problem = (names: readonly string[], message: string): Problem => ({
    code: codeFor(names),
    field: names.length === 0 ? part : names.join('.'),
    message,
  })
  switch (error.keyword) {
    case 'required':
      return listIn(error.params, 'requiredProperties').map((name) => problem([...path, name], 'is required'))
    case 'additionalProperties':
      return listIn(error.params, 'additionalProperties').map((name) => ({
        code: 'INVALID_REQUEST',
        field: [...path, shownText(name, 100)].join('.'),
        message: `is not known here${path.length === 0 ? meant(name, known) : ''}`,
      }))
    case 'boolean':
      // The `false` schema behind additionalProperties, which is reported with its names.
      return []
    default:
      return [problem(path, error.message ?? 'does not fit the schema')]
  }
}

/** `groupBy` and `group-by` are known as `group_by`, `model` as `filter.model`. Filters, one a dimension, are named together. */
function meant(name: string, known: readonly string[]): string {
  const letters = lettersOf(name)
  const near = known.find((other) => [letters, `filter${letters}`].includes(lettersOf(other)))
  if (near !== undefined) return `; did you mean ${near}?`
  const shown = [...new Set(known.map((other) => other.replace(/^filter\..*/, 'filter.<dimension>')))]
  return shown.length === 0 ? '' : `; known are ${shown.join(', ')}`
}

function lettersOf(name: string): string {
  return name
    .slice(0, 100)
    .toLowerCase()
    .replace(/[^a-z]/g, '')
}

function codeFor(path: readonly string[]): ErrorCode {
  const name = path[0] ?? ''
  const code =
    CODE_OF_FIELD[name] ?? (name.startsWith('filter.') ? 'INVALID_FILTER' : `INVALID_${name.toUpperCase()}`)
  return isErrorCode(code) ? code : 'INVALID_REQUEST'
}

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_HINTS, text)
}

function listIn(params: object, name: string): string[] {
  const list: unknown = Reflect.get(params, name)
  return Array.isArray(list) ? list.map(String) : []
}
