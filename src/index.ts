/** The public names, one by one. */
export type {
  HistoryMessage,
  HistoryOptions,
  LLMInfo,
  Message,
  MessageInput,
  MessageStatus,
  Role,
} from './chat-log/message.js'
export { MESSAGE_STATUSES, ROLES } from './chat-log/message.js'
export {
  appendMessage,
  appendMessages,
  checkBudget,
  cleanupOldLogs,
  close,
  createChat,
  createProject,
  defaultLedger,
  findByResponseId,
  findByTrace,
  findProject,
  flush,
  getCachedStats,
  getChat,
  getChatMetrics,
  getGlobalMetrics,
  getLLMRequestLogs,
  getLogger,
  getProject,
  getProjectMetrics,
  getStats,
  integrity,
  listBudgets,
  listChats,
  listProjects,
  listUnreadableProjects,
  loadPrices,
  logChatEvent,
  logError,
  logLLMRequest,
  logProjectEvent,
  logSystemEvent,
  logWarning,
  query,
  readChat,
  repair,
  rotateLogs,
  startLLMRequest,
  verify,
  writeParquet,
} from './default-ledger.js'
export type {
  Cost,
  CostSource,
  EntryError,
  LLMRequestLogEntry,
  LoggedEntry,
  LogResult,
  OutputFormat,
  RequestType,
  Status,
  Timings,
  Usage,
  UsageSource,
} from './entry/entry.js'
export {
  COST_SOURCES,
  OUTPUT_FORMATS,
  REQUEST_TYPES,
  SCHEMA_VERSION,
  STATUSES,
  USAGE_SOURCES,
} from './entry/entry.js'
export type { ErrorCode, ErrorDetails, Problem } from './errors.js'
export {
  ERROR_HINTS,
  FileSystemError,
  LedgerlineError,
  NotFoundError,
  StateError,
  ValidationError,
} from './errors.js'
export type { ImportOptions, ImportProgress } from './import/import-logs.js'
export { importLogs } from './import/import-logs.js'
export type { ImportReport, SkippedRecords } from './import/import-report.js'
export type { ImportFormat, SkipReason } from './import/importer.js'
export { IMPORT_FORMATS, SKIP_REASONS } from './import/importer.js'
export type { ModelSums } from './import/logged-sums.js'
export type { RepairedFile } from './journal/repair/repair-file.js'
export type { RetiredSegment } from './journal/upkeep/journal-retention.js'
export type {
  DamageKind,
  DoubledId,
  JournalSeals,
  LineDamage,
  LineRange,
  SealFault,
  SealFaultKind,
  VerifyProgress,
  VerifyReport,
} from './journal/verify/report.js'
export type { Budget, BudgetCrossing, BudgetState } from './ledger/budgets/budget.js'
export { nearestPricedModels } from './ledger/priced-models.js'
export type {
  CleanupOptions,
  CleanupResult,
  ClosedSegment,
  EventInput,
  EventLevel,
  Ledger,
  LoggedResponse,
  RepairOptions,
  RepairReport,
  RetiredLog,
  RotateResult,
  SealHead,
  TracedRequest,
  VerifyOptions,
} from './ledger.js'
export { EVENT_LEVELS } from './ledger.js'
export type {
  Durability,
  LedgerOptions,
  QueueOptions,
  RetentionOptions,
  RotationOptions,
  SealOptions,
} from './ledger-options.js'
export { openLedger } from './open-ledger.js'
export { PRICE_BOOK } from './pricing/price-book.js'
export type { PricedRequest } from './pricing/priced-request.js'
export type { Prices } from './pricing/prices.js'
export type {
  PriceMatch,
  PriceOverrides,
  PriceRates,
  PriceRule,
  PriceTier,
  TieredRates,
} from './pricing/rules/rule.js'
export type { LLMRequestHandle, LogOptions } from './request-logging.js'
export { toSnakeCase, toSnakeName } from './snake-case.js'
export type { CachedStats } from './stats/counters.js'
export type { LogFilter, LogPage, QueryOptions } from './stats/log-questions.js'
export type { QueryColumn, QueryResult, QueryRow, QueryValue } from './stats/query-engine.js'
export { checkGroupBy } from './stats/question.js'
export type {
  BreakdownRow,
  Dimension,
  GroupBy,
  Integrity,
  Measures,
  ModelStats,
  Percentiles,
  Period,
  Stats,
  StatsOptions,
  StatsScope,
  Summary,
  Weekday,
} from './stats/stats-engine.js'
export { DIMENSIONS, PERIODS, WEEKDAYS } from './stats/stats-engine.js'
export type { LogLevel, SystemLogOptions } from './system-log/options.js'
export type { TokenBuckets } from './tokens/buckets.js'
export { bucketsOf } from './tokens/buckets.js'
export type { TokenCount } from './tokens/count.js'
export { countTokens } from './tokens/count.js'
export type { UsageApi } from './tokens/normalise.js'
export { normaliseUsage } from './tokens/normalise.js'
export { packageVersion } from './version.js'
export type { Chat, ChatInput, ChatStatus } from './workspace/chat.js'
export type {
  Project,
  ProjectInput,
  ProjectPaths,
  ProjectResolver,
  ProjectStatus,
} from './workspace/project.js'
