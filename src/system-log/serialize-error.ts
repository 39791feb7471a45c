/** Anything that was thrown, as data for a log line. */

/** What is known of an error; an absent part is left out. */
export interface SerializedError {
  name: string
  message: string
  stack?: string
  code?: string | number
  cause?: SerializedError
}

const MAX_CAUSES = 10

/**
 * `{name, message, stack, code, cause}` of an error, causes nested up to 10 deep. Whatever else was thrown becomes the
 * message. Never throws, whatever the error's getters do.
 */
export function serializeError(error: unknown): SerializedError {
  return serialize(error, MAX_CAUSES)
}

function serialize(error: unknown, causesLeft: number): SerializedError {
  if (typeof error !== 'object' || error === null) return { name: 'NonError', message: text(error) }
  const message = read(error, 'message')
  const name = read(error, 'name')
  const stack = read(error, 'stack')
  const code = read(error, 'code')
  const cause = read(error, 'cause')
  const serialized: SerializedError = {
    name: typeof name === 'string' && name !== '' ? name : error instanceof Error ? 'Error' : 'NonError',
    message: typeof message === 'string' ? message : text(error),
  }
  if (typeof stack === 'string') serialized.stack = stack
  if (typeof code === 'string' || typeof code === 'number') serialized.code = code
  if (cause !== undefined && cause !== null && causesLeft > 0) {
    serialized.cause = serialize(cause, causesLeft - 1)
  }
  return serialized
}

function read(source: object, key: string): unknown {
  try {
    return Reflect.get(source, key)
  } catch {
    return undefined
  }
}

function text(value: unknown): string {
  try {
    const json = typeof value === 'object' && value !== null ? JSON.stringify(value) : undefined
    return json ?? String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}
