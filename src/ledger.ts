/** The public face: what an open ledger can do. `open-ledger.ts` builds one. */
import type { Logger } from 'pino'
import type { HistoryMessage, HistoryOptions, Message, MessageInput } from './chat-log/message.js'
import type { LLMRequestLogEntry, LogResult } from './entry/entry.js'
import type { FileSystemError, LedgerlineError } from './errors.js'
import type { JournalName } from './journal/project-journal.js'
import type { RepairedFile } from './journal/repair/repair-file.js'
import type { RetiredSegment } from './journal/upkeep/journal-retention.js'
import type { VerifyProgress, VerifyReport } from './journal/verify/report.js'
import type { Budget, BudgetState } from './ledger/budgets/budget.js'
import type { RetentionOptions } from './ledger-options.js'
import type { Prices } from './pricing/prices.js'
import type { LoggedResponse, TracedRequest } from './recent-requests.js'
import type { LLMRequestHandle, LogOptions } from './request-logging.js'
import type { CachedStats } from './stats/counters.js'
import type { LogFilter, LogPage, QueryOptions } from './stats/log-questions.js'
import type { QueryResult } from './stats/query-engine.js'
import type { Integrity, Stats, StatsOptions, StatsScope } from './stats/stats-engine.js'
import type { Chat, ChatInput } from './workspace/chat.js'
import type { Project, ProjectInput } from './workspace/project.js'

export type { LLMRequestHandle, LoggedResponse, LogOptions, TracedRequest }

export interface ClosedSegment {
  readonly projectId: string
  readonly journal: JournalName
  /** The file's name without its ending. */
  readonly segment: string
  readonly bytes: number
}

export interface RotateResult {
  /** What was closed. */
  readonly segments: readonly ClosedSegment[]
  /** Segments that were sealed, compressed and deleted, also those that were closed before. */
  readonly sealed: number
  readonly compressed: number
  readonly deleted: number
  /** What could not be done; each is on the system log too, and is tried again. */
  readonly problems: readonly LedgerlineError[]
}

export interface CleanupOptions {
  /** All projects when absent. */
  readonly projectId?: string
  /** Say what would be deleted, and change nothing. */
  readonly dryRun?: boolean
  /** Take the present time as right although the clock jumped. */
  readonly trustClock?: boolean
  /** In place of the ledger's own limits, one by one. */
  readonly retention?: RetentionOptions
}

export interface RetiredLog extends RetiredSegment {
  readonly projectId: string
}

export interface CleanupResult {
  /** What was deleted, or would be. */
  readonly segments: readonly RetiredLog[]
  /** As in RotateResult. */
  readonly problems: readonly LedgerlineError[]
}

/** The last record of a chain of seals, as verify gives it. */
export interface SealHead {
  readonly seq: number
  readonly hash: string
}

export interface VerifyOptions {
  /** All projects when absent. */
  readonly projectId?: string
  /**
   * Compare closed segments with their seals, and check the chains; default false, and true with `head` or `publicKey`.
   * Without it only segments that are gone are named.
   */
  readonly seals?: boolean
  /** Heads that verify gave before and that were kept elsewhere: each must still be in a chain. */
  readonly head?: SealHead | readonly SealHead[]
  /** Ed25519 in PEM, or the path of a file with it: every seal must be signed by it, but for those before the first signed one. */
  readonly publicKey?: string
  /** Called after each piece that was read; must not throw. */
  readonly onProgress?: (progress: VerifyProgress) => void
}

export interface RepairOptions {
  /** All projects when absent. */
  readonly projectId?: string
  /** Say what would be repaired, and change nothing. */
  readonly dryRun?: boolean
}

export interface RepairReport {
  readonly dryRun: boolean
  readonly files: readonly (RepairedFile & { readonly projectId: string })[]
  /** Damaged files that a living process writes: they are left as they are. */
  readonly busy: readonly string[]
  /** What could not be done. */
  readonly problems: readonly LedgerlineError[]
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
  /**
   * The project with this id, else with this slug. Throws NotFoundError PROJECT_NOT_FOUND with the nearest slugs,
   * FileSystemError PROJECT_UNREADABLE, and with a registry of the host StateError REGISTRY_IS_EXTERNAL.
   */
  findProject(idOrSlug: string): Promise<Project>
  listProjects(): Promise<Project[]>
  /**
   * Projects of which nothing is counted, because their project.json or their folder of logs is damaged: an error for each,
   * PROJECT_UNREADABLE, whose message, `path` and `hint` say what to mend. Empty with a registry of the host.
   */
  listUnreadableProjects(): Promise<FileSystemError[]>
  createChat(input: ChatInput): Promise<Chat>
  getChat(projectId: string, chatId: string): Promise<Chat>
  listChats(projectId: string): Promise<Chat[]>

  /** Resolves when the line is at the ledger's durability level. The caller's object is not changed. */
  logLLMRequest(entry: LLMRequestLogEntry, options?: LogOptions): Promise<LogResult>
  startLLMRequest(entry: LLMRequestLogEntry, options?: LogOptions): Promise<LLMRequestHandle>

  getStats(scope: StatsScope, options?: StatsOptions): Promise<Stats>
  /**
   * The live counters: this process's calls and what the files held at open. No file is read, so a project or chat that
   * does not exist cannot be told from one without requests: both give zeros. Throws ValidationError INVALID_SCOPE.
   */
  getCachedStats(scope: StatsScope): CachedStats
  /** The same counters. Throws NotFoundError PROJECT_NOT_FOUND. */
  getProjectMetrics(projectId: string): Promise<CachedStats>
  /** As getProjectMetrics; a chat without requests gives zeros, whether it exists or not. */
  getChatMetrics(projectId: string, chatId: string): Promise<CachedStats>
  getGlobalMetrics(): Promise<CachedStats>
  /**
   * What a scope has spent in the period that runs. The first check of a budget asks the stats, later ones read no file and
   * cost microseconds: exact for this ledger's own requests, and up to 5 seconds old for those of other processes. Requests
   * under way cost nothing yet; those without a known price are counted apart. Throws ValidationError INVALID_SCOPE,
   * INVALID_TIMEZONE and INVALID_OPTION, NotFoundError, and what getStats throws.
   */
  checkBudget(budget: Budget): Promise<BudgetState>
  /** What requests cost in this ledger: by the user's own prices, then by the price book; `price` reads nothing. */
  loadPrices(): Promise<Prices>
  /** Those of the option `budgets`, in its order. */
  listBudgets(): Promise<BudgetState[]>
  getLLMRequestLogs(filter?: LogFilter): Promise<LogPage>
  /**
   * Of these ids of providers' answers (`response_id`) those that recent requests of the project have, by any process:
   * the latest 100,000 that the ledger came across. The first call reads the end of the files, a later one what was added.
   * Throws ValidationError INVALID_PROJECT_ID, NotFoundError, FileSystemError LOG_READ_ERROR.
   */
  findByResponseId(
    projectId: string,
    responseIds: readonly string[],
  ): Promise<ReadonlyMap<string, LoggedResponse>>
  /**
   * Recent requests of the project that belong to these traces (`metadata.trace_id`, 32 lower case hex digits), by trace,
   * in the order in which they began, by any process: those that captures have logged, and those made of spans, whose ids
   * begin with `otlp-`. The latest 100,000 that the ledger came across, 2,000 of one trace. Reads and throws as findByResponseId does.
   */
  findByTrace(
    projectId: string,
    traceIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly TracedRequest[]>>

  /**
   * One SELECT over the views of docs/sql.md, read-only, in a database of its own that can open nothing else. It is
   * computed when this resolves; its rows wait in memory and in a temporary folder until they were read or the result is
   * closed. Throws ValidationError INVALID_SQL, INVALID_OPTION, INVALID_DATE and INVALID_FILTER, NotFoundError, StateError
   * QUERY_CANCELLED, LedgerlineError QUERY_FAILED. The SQL must come from somebody who may read every log.
   */
  query(sql: string, options?: QueryOptions): Promise<QueryResult>
  /**
   * Writes the rows as Parquet into a file that is there and empty; gives their number. Throws as query does. Whole
   * numbers beyond BIGINT, such as a sum of BIGINT, are doubles in Parquet: cast them to keep them exact.
   */
  writeParquet(sql: string, path: string, options?: QueryOptions): Promise<number>

  /** Appends one message; the same id again replaces its state. Returns the message as stored. */
  appendMessage(message: MessageInput): Promise<Message>
  /**
   * Stores a history as it is sent to a provider, each message once: what is already there at the same place of the
   * conversation is found again by its content. Returns the ids in order, for `messages_included`.
   */
  appendMessages(
    projectId: string,
    chatId: string,
    history: readonly HistoryMessage[],
    options?: HistoryOptions,
  ): Promise<string[]>
  readChat(projectId: string, chatId: string): Promise<Message[]>

  logSystemEvent(event: EventInput): Promise<void>
  logProjectEvent(projectId: string, event: EventInput): Promise<void>
  logChatEvent(projectId: string, chatId: string, event: EventInput): Promise<void>
  /** To the system log, with stack and causes. */
  logError(error: unknown, context?: Readonly<Record<string, unknown>>): Promise<void>
  logWarning(message: string, context?: Readonly<Record<string, unknown>>): Promise<void>
  /** A pino logger of the system log, named. */
  getLogger(name: string): Logger

  /**
   * Closes the active files that hold something, of this process and of processes that are gone; then seals,
   * compresses and deletes as the options say. Throws ValidationError INVALID_PROJECT_ID, NotFoundError.
   */
  rotateLogs(projectId?: string): Promise<RotateResult>
  /** Deletes what the retention options no longer keep. Throws as rotateLogs does, and ValidationError INVALID_OPTION. */
  cleanupOldLogs(options?: CleanupOptions): Promise<CleanupResult>

  /**
   * Reads every line of every file and names what is damaged, doubled or not as it was sealed. Changes nothing. Throws
   * ValidationError INVALID_OPTION, INVALID_SEAL_KEY, INVALID_PROJECT_ID, NotFoundError.
   */
  verify(options?: VerifyOptions): Promise<VerifyReport>
  /**
   * Takes damage out of files that no living process writes: intact lines stay, records that damaged lines still hold
   * are saved, and the file as it was is kept in `logs/damaged/`. Throws as verify does.
   */
  repair(options?: RepairOptions): Promise<RepairReport>

  /** Of this ledger since it was opened; `damaged` is 0. Reads nothing. */
  integrity(): Integrity
  /** For capture adapters: a call took place that is in no log, because its project is not known. It counts as dropped. */
  countUnlogged(): void
  /**
   * For capture adapters: work done behind the caller's back that flush() and close() wait for. `atExit` is called when the
   * process ends before: what it logs without a wait is written.
   */
  defer(work: Promise<unknown>, atExit?: () => void): void
  /** Resolves when the lines of all calls that captures have seen until now are written. */
  flush(): Promise<void>
  /** Flushes, waits for what is under way, then closes every file. Safe to call twice. */
  close(): Promise<void>
}
