/** What stands between a call of the logger and pino. */
import type { LogFn } from 'pino'
import { toPlainJson } from '../entry/plain-copy.js'

/**
 * pino's `logMethod` hook. Objects that are formatted into the message (`%j`, `%o`) lose their secrets here, while
 * they still have names. A value that throws when it is read costs its own content, not the host's call.
 */
export function safeCall(this: unknown, args: Parameters<LogFn>, method: LogFn): void {
  const [first, ...others] = args
  const rest = others.map((arg: unknown) => (typeof arg === 'object' ? toPlainJson(arg) : arg))
  const attempts: readonly (() => unknown[])[] = [
    () => [first, ...rest],
    () => [toPlainJson(first), ...rest],
    // A serializer of the host's own throws for the copy, too.
    () => [`${typeof rest[0] === 'string' ? rest[0] : ''} (this line's values could not be read)`],
  ]
  for (const attempt of attempts) {
    try {
      Reflect.apply(method, this, attempt())
      return
    } catch {
      // The next attempt asks for less.
    }
  }
}
