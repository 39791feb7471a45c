/** Log files in a temporary folder, and questions about them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach } from 'vitest'
import { createDuckDbEngine } from '../src/stats/duckdb/engine.js'
import type {
  LogQuestion,
  Percentiles,
  StatsAnswer,
  StatsEngine,
  StatsQuestion,
} from '../src/stats/stats-engine.js'

export class StatsFiles {
  #root = ''
  #paths: string[] = []

  get root(): string {
    return this.#root
  }

  /** What the questions are about; more may be pushed. */
  get paths(): string[] {
    return this.#paths
  }

  /** A new, empty folder. */
  renew(): void {
    this.#root = mkdtempSync(join(tmpdir(), 'ledgerline-stats-'))
    this.#paths = []
  }

  /** Objects become lines of JSON; text and bytes are written as they are, each with a newline. */
  write(name: string, ...lines: readonly (object | string)[]): this {
    const path = join(this.#root, name)
    writeFileSync(
      path,
      lines
        .map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
        .map((line) => `${line}\n`)
        .join(''),
    )
    this.#paths.push(path)
    return this
  }

  /** As they are. */
  writeBytes(name: string, bytes: Uint8Array): this {
    const path = join(this.#root, name)
    writeFileSync(path, bytes)
    this.#paths.push(path)
    return this
  }

  stats(asked: Partial<StatsQuestion> = {}): StatsQuestion {
    return {
      sources: [{ projectId: 'p', files: this.paths }],
      chatId: undefined,
      fromMs: undefined,
      toMs: undefined,
      groupBy: [],
      timezone: 'UTC',
      weekStart: 'monday',
      filter: new Map(),
      isGone: () => false,
      ...asked,
    }
  }

  logs(asked: Partial<LogQuestion> = {}): LogQuestion {
    return {
      sources: [{ projectId: 'p', files: this.paths }],
      chatId: undefined,
      id: undefined,
      fromMs: undefined,
      toMs: undefined,
      filter: new Map(),
      limit: 50,
      before: undefined,
      ...asked,
    }
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true })
  }
}

/** An engine for the tests of a file, and files that are new for each. */
export function useEngine(): { readonly engine: StatsEngine; readonly files: StatsFiles } {
  const engine = createDuckDbEngine()
  const files = new StatsFiles()
  beforeEach(() => files.renew())
  afterEach(() => files.remove())
  afterAll(() => engine.close())
  return { engine, files }
}

let made = 0

/** A line of a finished request; each has an id of its own. */
export function entryLine(fields: object = {}): object {
  made += 1
  return {
    id: `made-${made}`,
    project_id: 'p',
    chat_id: 'c',
    model: 'm',
    status: 'success',
    timestamp_start: '2026-01-31T12:00:00.000Z',
    ...fields,
  }
}

const NONE: Percentiles = { p50: 0, p90: 0, p95: 0, p99: 0, max: 0 }

/** The answer when nothing is counted. */
export const EMPTY_ANSWER: StatsAnswer = {
  firstMs: null,
  lastMs: null,
  measures: {
    totalRequests: 0,
    successfulRequests: 0,
    failedRequests: 0,
    pendingRequests: 0,
    interruptedRequests: 0,
    errorRate: 0,
    totalTokens: 0,
    promptTokens: 0,
    completionTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    averageLatencyMs: 0,
    latencyMs: NONE,
    timeToFirstTokenMs: NONE,
    outputTokensPerSecond: 0,
    estimatedCost: 0,
    unpricedRequests: 0,
    estimatedUsageRequests: 0,
    summarizedRequests: 0,
  },
  breakdown: [],
  models: {},
  lines: 0,
  suspectFiles: [],
}
