/** What a price is computed from, and the buckets of tokens that are charged apart. */

export interface PricedRequest {
  readonly model: string
  readonly provider: string | undefined
  /** The model that answered. */
  readonly responseModel: string | undefined
  /** As it was asked for in `params.service_tier`. */
  readonly serviceTier: string | undefined
  /** Epoch ms. */
  readonly startMs: number
  /** Tokens. */
  readonly prompt: number
  readonly completion: number
  /** Parts of the prompt. */
  readonly cacheRead: number
  readonly cacheWrite: number
  /** Part of cacheWrite that is kept for an hour. */
  readonly cacheWrite1h: number
  readonly inputAudio: number
  /** Parts of the completion. */
  readonly outputAudio: number
  readonly reasoning: number
}

/** Batch and flex processing are asked for by these tiers, and sold at one price. */
export function isBatch({ serviceTier }: Pick<PricedRequest, 'serviceTier'>): boolean {
  return serviceTier === 'batch' || serviceTier === 'flex'
}

/** Costs more than the standard rates, which therefore say nothing of it. */
export function isPriority({ serviceTier }: Pick<PricedRequest, 'serviceTier'>): boolean {
  return serviceTier === 'priority'
}

/** Tokens that fit into their wholes: read, write and inputAudio are disjoint parts of the prompt. */
export interface Buckets {
  readonly prompt: number
  readonly completion: number
  readonly read: number
  /** Of all durations. */
  readonly write: number
  readonly write1h: number
  readonly inputAudio: number
  readonly outputAudio: number
  readonly reasoning: number
}

/**
 * Parts that exceed their whole are cut, those of the cache last: what was cached is charged as such. Writes for an hour
 * without a count of all writes are all of them.
 */
export function bucketsOf(request: PricedRequest): Buckets {
  const { prompt, completion } = request
  const read = Math.min(request.cacheRead, prompt)
  const write = Math.min(Math.max(request.cacheWrite, request.cacheWrite1h), prompt - read)
  const outputAudio = Math.min(request.outputAudio, completion)
  return {
    prompt,
    completion,
    read,
    write,
    write1h: Math.min(request.cacheWrite1h, write),
    inputAudio: Math.min(request.inputAudio, prompt - read - write),
    outputAudio,
    reasoning: Math.min(request.reasoning, completion - outputAudio),
  }
}

/** To 1e-12 USD: below every price of a token, above the noise of the float. */
export function roundUsd(amount: number): number {
  return Math.round(amount * 1e12) / 1e12
}
