/** A checked and completed entry: what pricing and counting read of it, and its text but for what is found later. */
import type { Status } from './entry.js'

/**
 * Numbers and short texts, made by a constructor: an entry waits for the disk, and V8 would put literals into the old
 * generation for good once it saw some of them wait.
 */
export class PreparedEntry {
  id = ''
  /** The id was made here. */
  isNew = false
  projectId = ''
  chatId = ''
  model = ''
  provider: string | undefined = undefined
  responseModel: string | undefined = undefined
  /** Read where a price is needed. */
  serviceTier: string | undefined = undefined
  status: Status = 'pending'
  /** Epoch ms. */
  startMs = Number.NaN
  /** Epoch ms; -Infinity while it is pending. */
  endMs = Number.NEGATIVE_INFINITY
  /** Tokens; a count that was not given is 0. */
  prompt = 0
  completion = 0
  cacheRead = 0
  cacheWrite = 0
  cacheWrite1h = 0
  inputAudio = 0
  outputAudio = 0
  reasoning = 0
  /** Milliseconds. */
  latency: number | undefined = undefined
  /** USD; undefined while nobody knows. */
  cost: number | undefined = undefined
  /** It has ended, with tokens of which the caller does not say what they cost. */
  needsPrice = false
  /** The JSON without its closing brace; empty once the line is on its way. */
  text = ''
}
