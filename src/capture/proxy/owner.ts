/** Whose request it is: by its headers, else by the key it carries, else by the upstream. */
import type { IncomingHttpHeaders } from 'node:http'
import { isId } from '../../entry/ids.js'
import { redactedCut } from '../../entry/redact.js'
import { keyHashOf } from './keys.js'
import type { ProxySettings, Upstream } from './options.js'

export interface Owner {
  /** Or its slug, where a header named it. */
  readonly projectId: string
  readonly chatId: string
  readonly userId?: string
  readonly sessionId?: string
  readonly tags?: readonly string[]
}

/** In place of an owner: why the request cannot be logged. */
export type NoOwner = 'no project is named' | 'the header x-ledgerline-project holds no id or slug'

const DEFAULT_CHAT = 'proxy'
/** As long as the field of an entry may be. */
const MAX_TEXT = 256
const MAX_TAGS = 32

export function ownerOf(
  headers: IncomingHttpHeaders,
  upstream: Upstream,
  { keys }: Pick<ProxySettings, 'keys'>,
): Owner | NoOwner {
  const place = placeOf(headers, upstream, keys)
  if (typeof place === 'string') return place
  const chatId = own(headers, 'chat')
  const userId = textOf(own(headers, 'user'))
  const sessionId = textOf(own(headers, 'session'))
  const tags = tagsOf(own(headers, 'tags'))
  return {
    projectId: place.projectId,
    // A chat that is no id would cost the entry; its tokens count wherever they are.
    chatId: isId(chatId) ? chatId : (place.chatId ?? DEFAULT_CHAT),
    ...(userId === undefined ? {} : { userId }),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(tags.length === 0 ? {} : { tags }),
  }
}

interface Place {
  readonly projectId: string
  readonly chatId?: string | undefined
}

function placeOf(
  headers: IncomingHttpHeaders,
  { projectId, chatId }: Upstream,
  keys: ProxySettings['keys'],
): Place | NoOwner {
  const named = own(headers, 'project')
  if (named !== undefined) {
    return isId(named) ? { projectId: named } : 'the header x-ledgerline-project holds no id or slug'
  }
  const hash = keys.size === 0 ? undefined : keyHashOf(headers)
  const owner = hash === undefined ? undefined : keys.get(hash)
  if (owner !== undefined) return owner
  return projectId === undefined ? 'no project is named' : { projectId, chatId }
}

/** A header of ours; undefined when it is empty. */
function own(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[`x-ledgerline-${name}`]
  const text = Array.isArray(value) ? value[0] : value
  return text === '' ? undefined : text
}

function textOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : redactedCut(decoded(header), MAX_TEXT)
}

function tagsOf(header: string | undefined): string[] {
  const tags = decoded(header ?? '')
    .split(',', MAX_TAGS)
    .map((tag) => redactedCut(tag.trim(), MAX_TEXT))
  return tags.filter((tag) => tag !== '')
}

/** Node gives each byte as a character; clients that send more than ASCII send UTF-8. */
function decoded(header: string): string {
  return Buffer.from(header, 'latin1').toString('utf8')
}
