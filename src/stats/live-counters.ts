/** Plain numbers in memory: hydrated once from the files, then updated by each append. */
import type { LoggedEntry } from '../entry/entry.js'
import { parseInstant } from '../entry/timestamp.js'
import { parseEntry } from '../journal/parse-entry.js'
import { readLines } from '../journal/read-lines.js'
import type { StatsScope } from './stats-engine.js'

/** The counters of a scope. Tokens, latency and cost are those of finished requests. */
export interface CachedStats {
  readonly scope: StatsScope
  readonly totalRequests: number
  readonly successfulRequests: number
  readonly failedRequests: number
  /** Started and not ended; also those whose process died. */
  readonly pendingRequests: number
  readonly totalTokens: number
  readonly promptTokens: number
  readonly completionTokens: number
  /** Over the requests that carry a latency, 0 when there are none. */
  readonly averageLatencyMs: number
  /** USD. */
  readonly estimatedCost: number
  readonly unpricedRequests: number
}

/** What one request adds to its scopes; taken back when a later line of its id replaces it. */
interface Share {
  readonly projectId: string
  readonly chatId: string
  readonly endMs: number
  readonly final: boolean
  readonly failed: boolean
  readonly prompt: number
  readonly completion: number
  readonly latency: number | undefined
  /** USD; undefined when unpriced. */
  readonly cost: number | undefined
}

class Counters {
  successful = 0
  failed = 0
  pending = 0
  prompt = 0
  completion = 0
  latencySum = 0
  latencyCount = 0
  /** 1e-12 USD as an integer: sums are exact in any order. */
  cost = 0n
  unpriced = 0

  /** `sign` 1 adds the share, -1 takes it back. */
  apply(share: Share, sign: 1 | -1): void {
    if (!share.final) {
      this.pending += sign
      return
    }
    if (share.failed) this.failed += sign
    else this.successful += sign
    this.prompt += sign * share.prompt
    this.completion += sign * share.completion
    if (share.latency !== undefined) {
      this.latencySum += sign * share.latency
      this.latencyCount += sign
    }
    if (share.cost !== undefined) this.cost += BigInt(sign) * picoUsd(share.cost)
    else if (share.prompt + share.completion > 0) this.unpriced += sign
  }

  read(scope: StatsScope): CachedStats {
    return {
      scope,
      totalRequests: this.successful + this.failed,
      successfulRequests: this.successful,
      failedRequests: this.failed,
      pendingRequests: this.pending,
      totalTokens: this.prompt + this.completion,
      promptTokens: this.prompt,
      completionTokens: this.completion,
      averageLatencyMs: this.latencyCount === 0 ? 0 : this.latencySum / this.latencyCount,
      estimatedCost: Number(this.cost) / 1e12,
      unpricedRequests: this.unpriced,
    }
  }
}

export class LiveCounters {
  readonly #scopes = new Map<string, Counters>()
  /** Counted once by its latest state, so each id is remembered with what it added: in its project, and in all. */
  readonly #inProject = new Map<string, Share>()
  readonly #inAll = new Map<string, Share>()

  /** Counts an entry that is in a file. Costs microseconds. */
  count(entry: LoggedEntry): void {
    const share = shareOf(entry)
    const { projectId } = share
    this.#replace(this.#inAll, entry.id, share, () => [{ type: 'global' }])
    this.#replace(this.#inProject, `${projectId}/${entry.id}`, share, (of) => [
      { type: 'project', projectId },
      { type: 'chat', projectId, chatId: of.chatId },
    ])
  }

  #replace(
    shares: Map<string, Share>,
    key: string,
    share: Share,
    scopesOf: (share: Share) => readonly StatsScope[],
  ): void {
    const before = shares.get(key)
    if (before !== undefined) {
      if (!replaces(share, before)) return
      for (const scope of scopesOf(before)) this.#counters(scope).apply(before, -1)
    }
    shares.set(key, share)
    for (const scope of scopesOf(share)) this.#counters(scope).apply(share, 1)
  }

  /** Counts every entry of the files, in their order. */
  async hydrate(files: readonly string[]): Promise<void> {
    for (const file of files) {
      for await (const { text } of readLines(file)) {
        const entry = text === undefined ? undefined : parseEntry(text)
        if (entry !== undefined) this.count(entry)
      }
    }
  }

  /** Zeros for a scope that has no entries. */
  read(scope: StatsScope): CachedStats {
    const counters = this.#scopes.get(scopeKey(scope)) ?? new Counters()
    return counters.read(scope)
  }

  #counters(scope: StatsScope): Counters {
    const key = scopeKey(scope)
    let counters = this.#scopes.get(key)
    if (counters === undefined) {
      counters = new Counters()
      this.#scopes.set(key, counters)
    }
    return counters
  }
}

/** Ids hold no slash, so the keys of two scopes differ. */
function scopeKey(scope: StatsScope): string {
  if (scope.type === 'global') return ''
  return scope.type === 'project' ? scope.projectId : `${scope.projectId}/${scope.chatId}`
}

/** The rule of docs/journal-format.md: final over pending, then the later end, then the later line. */
function replaces(next: Share, before: Share): boolean {
  if (next.final !== before.final) return next.final
  return next.endMs >= before.endMs
}

function shareOf(entry: LoggedEntry): Share {
  return {
    projectId: entry.project_id,
    chatId: entry.chat_id,
    endMs: parseInstant(entry.timestamp_end) ?? Number.NEGATIVE_INFINITY,
    final: entry.status !== 'pending',
    failed: entry.status === 'error' || entry.status === 'timeout',
    prompt: tokens(entry.usage?.prompt_tokens),
    completion: tokens(entry.usage?.completion_tokens),
    latency: finite(entry.timings?.latency_ms),
    cost: finite(entry.cost?.amount),
  }
}

/** As the engine takes them: whole numbers from 0 on that JSON carries exactly, else 0. */
function tokens(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
}

/** Finite numbers from 0 on; other programs may have written anything. */
function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

/** The engine sums DECIMAL(38,12), which holds no more than this before the point; larger amounts add nothing there. */
const MAX_SUMMED_USD = 1e26

function picoUsd(amount: number): bigint {
  return amount < MAX_SUMMED_USD ? BigInt(Math.round(amount * 1e12)) : 0n
}
