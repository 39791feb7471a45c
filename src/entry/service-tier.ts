/** The tier that a request was sent with, which may have prices of its own. */
import { isObject } from './own-fields.js'

/** `service_tier` of the params; undefined where there is no text, also where reading it throws. */
export function serviceTierOf(params: unknown): string | undefined {
  try {
    const tier = isObject(params) ? params.service_tier : undefined
    return typeof tier === 'string' ? tier : undefined
  } catch {
    // That the params cannot be read is said by who writes them.
    return undefined
  }
}
