/** One import: what the project holds is read first, then each source file once, and what is new is logged. */
import type { FileSystemError, LedgerlineError } from '../errors.js'
import { openLog } from '../journal/open-regular.js'
import type { Ledger } from '../ledger.js'
import { CallLog } from './call-log.js'
import type { ImportOptions } from './import-logs.js'
import { type ImportReport, SkipCounts } from './import-report.js'
import type { Importer, RecordReader } from './importer.js'
import { loadImporter } from './load-importer.js'
import { readProjectStates } from './project-states.js'
import { readRecords } from './read-records.js'
import { SettlingCalls } from './settling-calls.js'
import { findSources, type SourceFile, sourceError } from './source-files.js'

/** As importLogs says. */
export async function runImport(ledger: Ledger, options: ImportOptions): Promise<ImportReport> {
  const { format, projectId, paths, dryRun = false, signal, onProgress } = options
  const { logsDir } = (await ledger.getProject(projectId)).paths
  const importer = loadImporter(format)
  const { files, problems } = findSources(paths, importer.endings)
  const skipped = new SkipCounts()
  const calls = new CallLog({
    ledger,
    projectId,
    importer,
    states: await readProjectStates(logsDir, importer.idPrefix),
    prices: await ledger.loadPrices(),
    skipped,
    dryRun,
  })
  const passes = importer.survey === undefined ? 1 : 2
  const totalBytes = passes * files.reduce((sum, { bytes }) => sum + bytes, 0)
  const run = new Run({
    importer,
    calls,
    skipped,
    isCancelled: () => signal?.aborted === true,
    // A file may have grown since it was looked at.
    onBytes: (bytes) => onProgress?.({ bytes: Math.min(bytes, totalBytes), totalBytes }),
  })
  const unread = await run.readAll(files)
  return {
    format,
    dryRun,
    cancelled: signal?.aborted === true,
    files: run.files,
    bytes: run.bytes,
    records: run.records,
    newEntries: calls.added,
    changedEntries: calls.changed,
    knownEntries: calls.known,
    skipped: skipped.read(),
    byModel: calls.sums.read(),
    problems: [...problems, ...unread],
  }
}

interface RunParts {
  readonly importer: Importer
  readonly calls: CallLog
  readonly skipped: SkipCounts
  readonly isCancelled: () => boolean
  readonly onBytes: (bytes: number) => void
}

class Run {
  files = 0
  bytes = 0
  records = 0
  #done = 0
  readonly #parts: RunParts

  constructor(parts: RunParts) {
    this.#parts = parts
  }

  /** Gives the problems of files that could not be read to their ends. Rejects when the ledger cannot log. */
  async readAll(files: readonly SourceFile[]): Promise<LedgerlineError[]> {
    const problems: LedgerlineError[] = []
    const { importer, calls, isCancelled } = this.#parts
    const passes = importer.survey === undefined ? [false] : [true, false]
    for (const isSurvey of passes) {
      for (const { path } of files) {
        if (isCancelled()) break
        const problem = isSurvey ? await this.#surveyFile(path) : await this.#importFile(path)
        // Of a file that cannot be read both passes say the same.
        if (problem !== undefined && !isSurvey) problems.push(problem)
      }
    }
    await calls.settle()
    return problems
  }

  #surveyFile(path: string): Promise<FileSystemError | undefined> {
    const { importer } = this.#parts
    return this.#readFile(path, {
      met: () => undefined,
      skip: () => undefined,
      read: (record) => importer.survey?.(record),
      chunk: async () => undefined,
    })
  }

  async #importFile(path: string): Promise<FileSystemError | undefined> {
    const { importer, calls, skipped } = this.#parts
    const settling = new SettlingCalls(importer.keeps, {
      call: (candidate) => calls.take(candidate),
      superseded: () => skipped.add('superseded'),
    })
    const reader: RecordReader = importer.open(path)
    this.files++
    const problem = await this.#readFile(path, {
      met: () => this.records++,
      skip: (reason) => skipped.add(reason),
      read: (record) => {
        for (const reading of [reader.read(record)].flat()) {
          if (typeof reading === 'string') skipped.add(reading)
          else if (reading !== undefined) settling.add(reading)
        }
      },
      chunk: async (bytes) => {
        this.bytes += bytes
        await calls.settle()
      },
    })
    settling.settleAll()
    await calls.settle()
    return problem
  }

  async #readFile(path: string, visitor: FileVisitor): Promise<FileSystemError | undefined> {
    const { importer, isCancelled, onBytes } = this.#parts
    let failure: { readonly error: unknown } | undefined
    try {
      const handle = await openLog(path)
      try {
        await readRecords(handle, path, importer, {
          ...visitor,
          chunk: async (bytes) => {
            this.#done += bytes
            onBytes(this.#done)
            try {
              await visitor.chunk(bytes)
            } catch (error) {
              failure = { error }
            }
            return failure === undefined && !isCancelled()
          },
        })
      } finally {
        await handle.close()
      }
    } catch (cause) {
      return sourceError(path, cause)
    }
    // The ledger's own failure is no problem of the file.
    if (failure !== undefined) throw failure.error
    return undefined
  }
}

interface FileVisitor {
  met(): void
  read: (record: Parameters<RecordReader['read']>[0]) => void
  skip: (reason: 'damaged' | 'too_long') => void
  chunk: (bytes: number) => Promise<void>
}
