/** Files of a project's journal in a temporary folder, named as the journal names them, and questions about them. */
import { linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type {
  LogQuestion,
  Percentiles,
  StatsAnswer,
  StatsQuestion,
  StatsSource,
} from '../src/stats/stats-engine.js'

export type Line = object | string

/** The active file of a slot. */
export function active(slot = 0): string {
  return slot === 0 ? 'llm_requests.jsonl' : `llm_requests.${slot}.jsonl`
}

const ENDINGS = { raw: '.jsonl', gzip: '.jsonl.gz', summary: '.summary.jsonl.gz' } as const
export type ClosedForm = keyof typeof ENDINGS

/** A closed segment, by its place in the order of reading. */
export function closed(sequence: number, form: ClosedForm = 'raw', slot = 0): string {
  return `llm_requests.${slot}-${String(sequence).padStart(8, '0')}-20260101T000000000Z${ENDINGS[form]}`
}

/** Where the lines of one test may lie; the answer is the same. */
export const LAYOUTS = ['an active file', 'a closed segment', 'segments of all forms, held by links'] as const
export type Layout = (typeof LAYOUTS)[number]

/** A question about everything, as far as nothing else is asked. */
export function statsOf(sources: readonly StatsSource[], asked: Partial<StatsQuestion> = {}): StatsQuestion {
  return {
    sources,
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

/** A question about the newest requests, as far as nothing else is asked. */
export function logsOf(sources: readonly StatsSource[], asked: Partial<LogQuestion> = {}): LogQuestion {
  return {
    sources,
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

export class StatsFiles {
  #base = ''
  #root = ''
  #paths: string[] = []

  /** The folder of the journals, `<temporary folder>/<project>/logs`. */
  get root(): string {
    return this.#root
  }

  /** What the questions are about; more may be pushed. */
  get paths(): string[] {
    return this.#paths
  }

  /** A new, empty folder. */
  renew(project = 'project'): void {
    this.remove()
    this.#base = mkdtempSync(join(tmpdir(), 'ledgerline-stats-'))
    this.#root = join(this.#base, project, 'logs')
    mkdirSync(this.#root, { recursive: true })
    this.#paths = []
  }

  /** Objects become lines of JSON; texts are written as they are, each with a newline; `.gz` is compressed. */
  write(name: string, ...lines: readonly Line[]): this {
    return this.writeBytes(name, contentOf(name, lines))
  }

  /** As they are; what was there under the name is replaced by another file, as the journal does. */
  writeBytes(name: string, bytes: Uint8Array): this {
    const path = join(this.#root, name)
    writeFileSync(join(this.#root, '.aside'), bytes)
    renameSync(join(this.#root, '.aside'), path)
    if (!this.#paths.includes(path)) this.#paths.push(path)
    return this
  }

  /** The lines in their order, in one file or dealt out to several. */
  lay(layout: Layout, ...lines: readonly Line[]): this {
    if (layout === 'an active file') return this.write(active(), ...lines)
    if (layout === 'a closed segment') return this.write(closed(1), ...lines)
    const names = [closed(1, 'gzip'), closed(2), active(), active(1)]
    const share = Math.ceil(lines.length / names.length)
    for (const [index, name] of names.entries())
      this.write(name, ...lines.slice(index * share, (index + 1) * share))
    return this.hold()
  }

  /** Questions are about links to the files, as a reader of the ledger makes them while others may move files. */
  hold(): this {
    const reader = join(this.#root, '.slots', 'read-1-2-0123456789abcdef-3')
    mkdirSync(reader, { recursive: true })
    this.#paths = this.#paths.map((path) => {
      const link = join(reader, basename(path).replace(/^llm_requests(?=(\.\d+)?\.jsonl$)/, 'active'))
      linkSync(path, link)
      return link
    })
    return this
  }

  stats(asked: Partial<StatsQuestion> = {}): StatsQuestion {
    return statsOf([{ projectId: 'p', files: this.paths }], asked)
  }

  logs(asked: Partial<LogQuestion> = {}): LogQuestion {
    return logsOf([{ projectId: 'p', files: this.paths }], asked)
  }

  remove(): void {
    if (this.#base !== '') rmSync(this.#base, { recursive: true, force: true })
  }
}

function contentOf(name: string, lines: readonly Line[]): Buffer {
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
  const content = Buffer.from(texts.map((text) => `${text}\n`).join(''))
  return name.endsWith('.gz') ? gzipSync(content) : content
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
  damaged: 0,
}
