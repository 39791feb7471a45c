/** Project names and the folder names made of them. */
import { isReservedName } from '../entry/ids.js'
import { looksLikeSecret } from '../entry/redact.js'

const NAME = /^[A-Za-z0-9][A-Za-z0-9_ -]{0,99}$/

/** Nothing that looks like a credential: the name is that of a folder. */
export function isProjectName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value) && !looksLikeSecret(value)
}

/**
 * `^[a-z0-9][a-z0-9-]*$` from a project name: lower case, every run of other characters one hyphen. `attempt` from 2
 * makes the next one when the first is taken.
 */
export function slugOf(name: string, attempt = 1): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/-$/, '')
  const plain = isReservedName(slug) ? `${slug}-project` : slug
  return attempt === 1 ? plain : `${plain}-${attempt}`
}
