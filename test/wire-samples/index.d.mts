import type { Usage } from '../../src/entry/entry.js'
import type { UsageApi } from '../../src/tokens/normalise.js'

export interface WireSample {
  readonly provider: string
  /** Of the answer, such as `chat completions`. */
  readonly form: string
  readonly api: UsageApi
  /** One that the price book knows, where there is one. */
  readonly model: string
  readonly reported: Readonly<Record<string, unknown>>
  /** What becomes of it, without `provider_usage`. */
  readonly usage: Usage
}

export const WIRE_SAMPLES: readonly WireSample[]
