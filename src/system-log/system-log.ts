/** Our own diagnostics: pino, redacted before every sink, to a rotated file and to a developer's terminal. */
import { join } from 'node:path'
import type { Logger, LoggerOptions } from 'pino'
import { FileSink } from './file-sink.js'
import type { SystemLogOptions } from './options.js'
import { openPrettySink, plainSink } from './pretty-sink.js'
import { lineRedactor } from './redact-line.js'
import { type ResolvedSystemLogOptions, resolveSystemLogOptions } from './resolve-options.js'
import { safeCall } from './safe-call.js'
import { serializeError } from './serialize-error.js'
import type { Sink } from './sink.js'
import { reportTrouble } from './standard-error.js'

export interface SystemLog {
  /** Named `ledgerline`. `logger.child({ request_id })` puts the id on each of its lines. */
  readonly logger: Logger
  /** A logger with a name of its own. */
  child(name: string): Logger
  /** Waits until every line is written. Lines logged afterwards are dropped. Safe to call twice; never rejects. */
  close(): Promise<void>
}

/**
 * Opens the log of a workspace: `<workspace>/logs/system.jsonl`, made when absent. Throws ValidationError
 * INVALID_OPTION; a folder that cannot be written is no error, the lines then go to standard error.
 */
export async function openSystemLog(workspace: string, options: SystemLogOptions = {}): Promise<SystemLog> {
  const terminal = process.stderr.isTTY === true
  const resolved = resolveSystemLogOptions(options, process.env, terminal)
  const { pino, multistream } = await import('pino')

  const file = resolved.file ? fileSink(workspace, resolved) : undefined
  // Silent: the file is made when a logger is told otherwise and writes the first line.
  const fileWorks = file !== undefined && (resolved.level === 'silent' || (await file.open()))
  const sinks: Sink[] = file === undefined ? [] : [file]
  if (resolved.pretty) sinks.push(await openPrettySink(terminal && !process.env.NO_COLOR))
  else if (!fileWorks) sinks.push(plainSink)

  const streams = multistream(sinks.map((stream) => ({ level: 'trace' as const, stream })))
  // The logger's level alone decides; multistream would otherwise want each line's.
  Object.assign(streams, { lastLevel: Number.POSITIVE_INFINITY })
  const redact = lineRedactor(resolved.redactKeys)
  const root = pino(pinoOptions(resolved), {
    write(line: string) {
      try {
        streams.write(redact(line))
      } catch (error) {
        reportTrouble(`a line of the system log was lost: ${serializeError(error).message}`)
      }
    },
  })
  return {
    logger: root.child({ name: 'ledgerline' }),
    child: (name) => root.child({ name }),
    close: async () => file?.close(),
  }
}

function fileSink(workspace: string, limits: ResolvedSystemLogOptions): FileSink {
  return new FileSink({ folder: join(workspace, 'logs'), limits, report: reportTrouble })
}

function pinoOptions({ level }: ResolvedSystemLogOptions): LoggerOptions {
  const asError = (value: unknown): unknown => (value instanceof Error ? serializeError(value) : value)
  return {
    level,
    base: { pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: asError, error: asError },
    hooks: { logMethod: safeCall },
  }
}
