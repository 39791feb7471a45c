/** A checked and completed entry: what pricing and counting read of it, and its text but for what is found later. */
import type { Status } from './entry.js'
import type { PreparedUsage } from './read-usage.js'

/**
 * Numbers and short texts, made by a constructor: an entry waits for the disk, and V8 would put literals into the old
 * generation for good once it saw some of them wait.
 */
export class PreparedEntry {
  readonly id: string
  /** The id was made here. */
  readonly isNew: boolean
  readonly projectId: string
  readonly chatId: string
  readonly model: string
  readonly provider: string | undefined
  readonly responseModel: string | undefined
  readonly status: Status
  /** Epoch ms. */
  readonly startMs: number
  /** Epoch ms; -Infinity while it is pending. */
  readonly endMs: number
  /** Tokens; a count that was not given is 0. */
  readonly prompt: number
  readonly completion: number
  readonly cacheRead: number
  readonly cacheWrite: number
  /** Milliseconds. */
  readonly latency: number | undefined
  /** USD; undefined while nobody knows. */
  cost: number | undefined
  /** It has ended, with tokens of which the caller does not say what they cost. */
  readonly needsPrice: boolean
  /** The JSON without its closing brace; empty once the line is on its way. */
  text: string

  constructor(
    id: string,
    isNew: boolean,
    projectId: string,
    chatId: string,
    model: string,
    provider: string | undefined,
    responseModel: string | undefined,
    status: Status,
    startMs: number,
    endMs: number | undefined,
    usage: PreparedUsage | undefined,
    latency: number | undefined,
    cost: number | null | undefined,
    text: string,
  ) {
    this.id = id
    this.isNew = isNew
    this.projectId = projectId
    this.chatId = chatId
    this.model = model
    this.provider = provider
    this.responseModel = responseModel
    this.status = status
    this.startMs = startMs
    this.endMs = endMs ?? Number.NEGATIVE_INFINITY
    this.prompt = usage?.prompt ?? 0
    this.completion = usage?.completion ?? 0
    this.cacheRead = usage?.cacheRead ?? 0
    this.cacheWrite = usage?.cacheWrite ?? 0
    this.latency = latency
    this.cost = cost ?? undefined
    this.needsPrice = status !== 'pending' && usage !== undefined && cost === undefined
    this.text = text
  }
}
