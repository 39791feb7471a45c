/** What several routes share. */
import { type TSchema, Type } from 'typebox'

export const Text = (description: string) => Type.String({ description })
export const Instant = (description: string) =>
  Type.String({ description: `${description} ISO 8601 UTC with milliseconds.` })
export const TextOrNull = (description: string) => Type.Union([Type.String(), Type.Null()], { description })

export const ProjectParams = Type.Object({ project_id: Text('Id of the project.') })
export const ChatParams = Type.Object({
  project_id: Text('Id of the project.'),
  chat_id: Text('Id of the chat.'),
})

export const ErrorSchema = Type.Object(
  {
    error: Text('The stable code, for programs. docs/errors.md lists all.'),
    message: Text('One sentence for a person.'),
    details: Type.Object({
      hint: Text('What to do about it.'),
      problems: Type.Optional(
        Type.Array(Type.Object({ code: Type.String(), field: Type.String(), message: Type.String() }), {
          description: 'What is wrong with the input, as far as it was checked.',
        }),
      ),
    }),
  },
  { $id: 'Error', description: 'Every answer that is not 2xx.' },
)

/** A schema that was added to the app under this `$id`. */
export function named(id: string) {
  return Type.Unsafe<unknown>({ $ref: `${id}#` })
}

const ERRORS: Readonly<Record<number, string>> = {
  400: 'The request is wrong; nothing was done.',
  404: 'What the request names does not exist.',
  413: 'The body is too large.',
  415: 'The body has another type or encoding than is taken here.',
  503: 'The disk refused, or the server is closing; try again after Retry-After seconds.',
}

/** Responses for /openapi.json. Answers are written by JSON.stringify as they are, whatever the schema says. */
export function answers(status: number, schema: TSchema, description: string, errors: readonly number[]) {
  const responses: Record<number, TSchema> = {
    [status]: Type.Unsafe<unknown>({ ...schema, description }),
  }
  for (const error of errors) {
    responses[error] = Type.Unsafe<unknown>({ ...named('Error'), description: ERRORS[error] ?? 'Failed.' })
  }
  return responses
}
