/** What the server takes for POST /v1/traces. */
import { invalid } from '../../errors.js'

export interface OtlpOptions {
  /** Id, slug or name of the project of spans that name none; `LEDGERLINE_OTLP_PROJECT`. */
  readonly project?: string
  /** Make a project that is named and does not exist; `LEDGERLINE_OTLP_CREATE_PROJECTS`, default false. */
  readonly createProjects?: boolean
  /** Keep the messages that spans hold in the chat log; `LEDGERLINE_OTLP_MESSAGES`, default false. */
  readonly messages?: boolean
}

/** What is not given comes from the environment. Throws ValidationError INVALID_OPTION. */
export function resolveOtlpOptions(
  given: OtlpOptions = {},
  env: NodeJS.ProcessEnv = process.env,
): OtlpOptions {
  const project = given.project ?? (env.LEDGERLINE_OTLP_PROJECT || undefined)
  if (project !== undefined && (typeof project !== 'string' || project === '')) {
    throw refuse('otlp.project', 'is not the id, slug or name of a project')
  }
  return {
    ...(project === undefined ? {} : { project }),
    createProjects: truth('otlp.createProjects', given.createProjects, env.LEDGERLINE_OTLP_CREATE_PROJECTS),
    messages: truth('otlp.messages', given.messages, env.LEDGERLINE_OTLP_MESSAGES),
  }
}

function truth(name: string, given: unknown, variable: string | undefined): boolean {
  const value = given ?? (variable || 'false')
  if (value === true || value === 'true' || value === '1') return true
  if (value === false || value === 'false' || value === '0') return false
  throw refuse(name, 'is not true or false')
}

function refuse(name: string, message: string): Error {
  return invalid('createServer', 'INVALID_OPTION', name, message)
}
