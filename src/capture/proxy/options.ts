/** Where the proxy may send requests, and whose they are. Nothing else in a request chooses an upstream. */
import type { CaptureOptions, ContentMode } from '../capture.js'
import { isJson, type Json } from '../json.js'
import { providerOf } from '../wire/provider.js'
import { type KeyOwner, readKeys } from './keys.js'
import { idOrNone, known, projectOrNone, refuse, wholeOrNone } from './option-values.js'

export const UPSTREAM_APIS = ['openai', 'anthropic'] as const
export type UpstreamApi = (typeof UPSTREAM_APIS)[number]

export interface UpstreamOptions {
  /** What a client would have as its base URL, http or https. May be absent for openai, anthropic and openrouter. */
  readonly baseUrl?: string
  /** Read only the endpoints of this API; default: whatever the path ends like. */
  readonly api?: UpstreamApi
  /** Who serves it, as entries name it; default: told from the host of the base URL. */
  readonly provider?: string
  /** Id or slug of the project where requests are logged that name none, by header or key. */
  readonly projectId?: string
  /** Their chat; default `proxy`. */
  readonly chatId?: string
}

/** By the name that stands in the path: `/proxy/<name>/…`. */
export type Upstreams = Readonly<Record<string, UpstreamOptions>>

export interface ProxyOptions {
  /** Whose requests those with a certain API key are. */
  readonly keys?: readonly KeyOwner[]
  /** Bytes that the body of a request may have; default 64 MiB. */
  readonly maxBodyBytes?: number
  /** Milliseconds that an upstream may send nothing; default 600,000. */
  readonly stallTimeoutMs?: number
  /** What the chat log keeps of messages, as for every capture; default `full`. */
  readonly content?: ContentMode
  /** True takes e-mail addresses, phone and card numbers and IBANs out of all text; default false. */
  readonly personalData?: boolean
  /** Names of request headers that entries keep as `request_headers`; default none. */
  readonly headers?: readonly string[]
}

export interface Upstream {
  readonly name: string
  readonly baseUrl: URL
  /** Path of the base URL without a slash at its end. */
  readonly basePath: string
  readonly api: UpstreamApi | undefined
  readonly provider: string
  readonly projectId: string | undefined
  readonly chatId: string | undefined
}

export interface ProxySettings {
  readonly upstreams: ReadonlyMap<string, Upstream>
  /** By the SHA-256 of the key, in hexadecimal digits. */
  readonly keys: ReadonlyMap<string, KeyOwner>
  readonly maxBodyBytes: number
  readonly stallTimeoutMs: number
  /** For every call. */
  readonly privacy: Pick<CaptureOptions, 'content' | 'personalData' | 'headers'>
}

const PRESETS: ReadonlyMap<string, UpstreamOptions & { readonly baseUrl: string }> = new Map([
  ['openai', { baseUrl: 'https://api.openai.com/v1', api: 'openai', provider: 'openai' }],
  ['anthropic', { baseUrl: 'https://api.anthropic.com', api: 'anthropic', provider: 'anthropic' }],
  ['openrouter', { baseUrl: 'https://openrouter.ai/api/v1', provider: 'openrouter' }],
])

const MIB = 1024 * 1024
const DEFAULT_BODY_BYTES = 64 * MIB
/** As long as the SDKs of OpenAI and Anthropic wait by default. */
const DEFAULT_STALL_MS = 600_000
/** The longest that a timer of Node takes. */
const MAX_STALL_MS = 2 ** 31 - 1

/**
 * Checks options as they are given in code or in a file. Throws ValidationError INVALID_OPTION, also for an option that
 * does not exist.
 */
export function resolveProxyOptions(upstreams: unknown, options: unknown = {}): ProxySettings {
  if (!isJson(upstreams)) throw refuse('upstreams', 'is no object of upstreams by name')
  const given = known(options, 'proxy', PROXY_OPTIONS)
  return {
    upstreams: new Map(Object.entries(upstreams).map(([name, value]) => [name, readUpstream(name, value)])),
    keys: readKeys(given.keys),
    maxBodyBytes:
      wholeOrNone('proxy.maxBodyBytes', given.maxBodyBytes, Number.MAX_SAFE_INTEGER) ?? DEFAULT_BODY_BYTES,
    stallTimeoutMs:
      wholeOrNone('proxy.stallTimeoutMs', given.stallTimeoutMs, MAX_STALL_MS) ?? DEFAULT_STALL_MS,
    privacy: readPrivacy(given),
  }
}

const PROXY_OPTIONS = ['keys', 'maxBodyBytes', 'stallTimeoutMs', 'content', 'personalData', 'headers']

const CONTENT_MODES: readonly ContentMode[] = ['full', 'hashed', 'none']

function readPrivacy({ content, personalData, headers }: Json): ProxySettings['privacy'] {
  const mode = CONTENT_MODES.find((name) => name === content)
  if (content !== undefined && mode === undefined) {
    throw refuse('proxy.content', `is none of ${CONTENT_MODES.join(', ')}`)
  }
  if (personalData !== undefined && typeof personalData !== 'boolean') {
    throw refuse('proxy.personalData', 'is not true or false')
  }
  if (headers !== undefined && !isTexts(headers)) throw refuse('proxy.headers', 'is no list of names')
  return {
    ...(mode === undefined ? {} : { content: mode }),
    ...(personalData === undefined ? {} : { personalData }),
    ...(headers === undefined ? {} : { headers }),
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function readUpstream(name: string, options: unknown): Upstream {
  const field = `upstreams.${name}`
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) {
    throw refuse(field, 'is no name of an upstream: 1-64 characters of a-z 0-9 -')
  }
  const preset = PRESETS.get(name)
  const given = known(options, field, ['baseUrl', 'api', 'provider', 'projectId', 'chatId'])
  const baseUrl = readBaseUrl(`${field}.baseUrl`, given.baseUrl ?? preset?.baseUrl)
  // Another base URL under a known name is another server: nothing else of the preset holds for it.
  const fallback = baseUrl.href === preset?.baseUrl || given.baseUrl === undefined ? preset : undefined
  const api = given.api ?? fallback?.api
  if (api !== undefined && !isApi(api)) throw refuse(`${field}.api`, `is none of ${UPSTREAM_APIS.join(', ')}`)
  const provider = given.provider ?? fallback?.provider ?? providerOf(baseUrl.href)
  if (typeof provider !== 'string' || provider === '' || provider.length > 256) {
    throw refuse(`${field}.provider`, 'is no text of 1-256 characters')
  }
  return {
    name,
    baseUrl,
    basePath: baseUrl.pathname.replace(/\/+$/, ''),
    api,
    provider,
    projectId: projectOrNone(`${field}.projectId`, given.projectId),
    chatId: idOrNone(`${field}.chatId`, given.chatId),
  }
}

function readBaseUrl(field: string, value: unknown): URL {
  if (typeof value !== 'string' || !URL.canParse(value)) throw refuse(field, 'is no http or https URL')
  const url = new URL(value)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse(field, 'is no http or https URL')
  if (url.username !== '' || url.password !== '') throw refuse(field, 'holds a user or a password')
  if (url.search !== '' || url.hash !== '') throw refuse(field, 'holds a query or a fragment')
  return url
}

function isApi(value: unknown): value is UpstreamApi {
  return UPSTREAM_APIS.some((api) => api === value)
}
