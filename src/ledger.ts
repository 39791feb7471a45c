/** The public face: what an open ledger can do. `open-ledger.ts` builds one. */
import type { Logger } from 'pino'
import type { HistoryMessage, Message, MessageInput } from './chat-log/message.js'
import type { EntryError, LLMRequestLogEntry, LoggedEntry, LogResult } from './entry/entry.js'
import type { CachedStats } from './stats/counters.js'
import type { Dimension, Integrity, Stats, StatsOptions, StatsScope } from './stats/stats-engine.js'
import type { SystemLogOptions } from './system-log/options.js'
import type { Chat, ChatInput } from './workspace/chat.js'
import type { Project, ProjectInput, ProjectResolver } from './workspace/project.js'

/** `os`: what resolved survives the death of the process. `fsync`: it survives power loss. */
export type Durability = 'os' | 'fsync'

export interface RotationOptions {
  /** Bytes after which the active file is closed and a new one begun; default 64 MiB. */
  readonly maxBytes?: number
}

/** What may wait for a disk that is slower than the calls, in one ledger; further calls fail with LOG_QUEUE_FULL. */
export interface QueueOptions {
  /** Default 100,000. */
  readonly maxLines?: number
  /** Default 64 MiB. */
  readonly maxBytes?: number
}

export interface LedgerOptions {
  /** Folder of all files; default `LEDGERLINE_WORKSPACE`, else `./workspace`. */
  readonly workspace?: string
  /** Default `os`. */
  readonly durability?: Durability
  readonly rotation?: RotationOptions
  readonly queue?: QueueOptions
  /** The host's own registry of projects. */
  readonly projects?: ProjectResolver
  /** Read the files at open so that getCachedStats is complete; default true. */
  readonly liveCounters?: boolean
  readonly systemLog?: SystemLogOptions
}

export interface LogOptions {
  /**
   * `throw` (default) rejects with the error. `never` resolves with `logged: false`, counts and reports it on the
   * system log, and keeps a line the disk refused within a bound to write it later. For capture adapters.
   */
  readonly onError?: 'throw' | 'never'
}

/** A request under way: a pending line is in the file, the end writes the final one. */
export interface LLMRequestHandle {
  readonly id: string
  complete(end?: Partial<LLMRequestLogEntry>): Promise<LogResult>
  /** `error`: {code, message}, an Error, or anything that was thrown. */
  fail(error: EntryError | Error | unknown, end?: Partial<LLMRequestLogEntry>): Promise<LogResult>
  timeout(end?: Partial<LLMRequestLogEntry>): Promise<LogResult>
}

export interface LogFilter {
  readonly projectId?: string
  readonly chatId?: string
  readonly id?: string
  readonly fromDate?: string
  readonly toDate?: string
  readonly timezone?: string
  readonly filter?: Readonly<Partial<Record<Dimension, string | readonly string[]>>>
  /** 1-1000, default 50. */
  readonly limit?: number
  /** The nextCursor of the page before; null begins. */
  readonly cursor?: string | null
}

export interface LogPage {
  /** Newest first, each id once, by its final state. */
  readonly entries: readonly LoggedEntry[]
  /** Pass it as `cursor` for the next page; null on the last. */
  readonly nextCursor: string | null
}

export const EVENT_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type EventLevel = (typeof EVENT_LEVELS)[number]

export interface EventInput {
  readonly event_type: string
  /** Default info. */
  readonly level?: EventLevel
  readonly message?: string
  readonly context?: Readonly<Record<string, unknown>>
  readonly data?: unknown
}

export interface Ledger extends AsyncDisposable {
  /** Absolute path. */
  readonly workspace: string

  createProject(input: ProjectInput): Promise<Project>
  getProject(projectId: string): Promise<Project>
  listProjects(): Promise<Project[]>
  createChat(input: ChatInput): Promise<Chat>
  getChat(projectId: string, chatId: string): Promise<Chat>
  listChats(projectId: string): Promise<Chat[]>

  /** Resolves when the line is at the ledger's durability level. The caller's object is not changed. */
  logLLMRequest(entry: LLMRequestLogEntry, options?: LogOptions): Promise<LogResult>
  startLLMRequest(entry: LLMRequestLogEntry, options?: LogOptions): Promise<LLMRequestHandle>

  getStats(scope: StatsScope, options?: StatsOptions): Promise<Stats>
  /** The live counters: this process's calls and what the files held at open. No file is read. */
  getCachedStats(scope: StatsScope): CachedStats
  getProjectMetrics(projectId: string): Promise<CachedStats>
  getChatMetrics(projectId: string, chatId: string): Promise<CachedStats>
  getGlobalMetrics(): Promise<CachedStats>
  getLLMRequestLogs(filter?: LogFilter): Promise<LogPage>

  /** Appends one message; the same id again replaces its state. Returns the message as stored. */
  appendMessage(message: MessageInput): Promise<Message>
  /**
   * Stores a history as it is sent to a provider, each message once: what is already there at the same place of the
   * conversation is found again by its content. Returns the ids in order, for `messages_included`.
   */
  appendMessages(projectId: string, chatId: string, history: readonly HistoryMessage[]): Promise<string[]>
  readChat(projectId: string, chatId: string): Promise<Message[]>

  logSystemEvent(event: EventInput): Promise<void>
  logProjectEvent(projectId: string, event: EventInput): Promise<void>
  logChatEvent(projectId: string, chatId: string, event: EventInput): Promise<void>
  /** To the system log, with stack and causes. */
  logError(error: unknown, context?: Readonly<Record<string, unknown>>): Promise<void>
  logWarning(message: string, context?: Readonly<Record<string, unknown>>): Promise<void>
  /** A pino logger of the system log, named. */
  getLogger(name: string): Logger

  integrity(): Integrity
  /** For capture adapters: work done behind the caller's back that flush() and close() wait for. */
  defer(work: Promise<unknown>): void
  /** Resolves when the lines of all calls that captures have seen until now are written. */
  flush(): Promise<void>
  /** Flushes, waits for what is under way, then closes every file. Safe to call twice. */
  close(): Promise<void>
}
