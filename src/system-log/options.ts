/** Options of the system log; the environment fills what is not given. See docs/configuration.md. */

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface SystemLogOptions {
  /** `LOG_LEVEL`; default info. */
  readonly level?: LogLevel
  /** `LEDGERLINE_LOG_PRETTY`: pretty lines on standard error; default: when it is a terminal and NODE_ENV is not production. */
  readonly pretty?: boolean
  /** `LEDGERLINE_LOG_FILE`: write `<workspace>/logs/system.jsonl`; default true. */
  readonly file?: boolean
  /** `LEDGERLINE_LOG_MAX_SIZE`: rotate at this size, such as 10M; default 10M. */
  readonly maxSize?: string
  /** `LEDGERLINE_LOG_INTERVAL`: rotate by age, such as 1d; default 1d. */
  readonly interval?: string
  /** `LEDGERLINE_LOG_MAX_FILES`: rotated files kept; default 14. */
  readonly maxFiles?: number
  /** `LEDGERLINE_LOG_MAX_TOTAL_SIZE`: bytes of rotated files kept, such as 200M; default 200M. */
  readonly maxTotalSize?: string
  /** `LEDGERLINE_LOG_GZIP`: compress rotated files; default true. */
  readonly gzip?: boolean
  /** Further key names whose values are redacted. */
  readonly redactKeys?: readonly string[]
}
