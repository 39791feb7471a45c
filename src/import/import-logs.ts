/** The public call of this stage; what it does is loaded when it is called. */
import { invalid } from '../errors.js'
import type { Ledger } from '../ledger.js'
import type { ImportReport } from './import-report.js'
import { IMPORT_FORMATS, type ImportFormat } from './importer.js'

export interface ImportOptions {
  readonly format: ImportFormat
  readonly projectId: string
  /** Files and folders; of a folder all files below it that have an ending of the format. */
  readonly paths: readonly string[]
  /** Log nothing, and say what would be logged. */
  readonly dryRun?: boolean
  /** Ends the import early: what is under way is logged, and another run goes on. */
  readonly signal?: AbortSignal
  /** Called after each piece that was read; must not throw. */
  readonly onProgress?: (progress: ImportProgress) => void
}

export interface ImportProgress {
  readonly bytes: number
  readonly totalBytes: number
}

/**
 * Logs the model calls that other programs wrote into files: counts, times, models and ids, and nothing that was said.
 * Ids are made from the source's own, so that the same call is one entry however often it is imported; a later state of
 * it replaces the one that is there. Bad records are counted, files that cannot be read are `problems`: neither ends the
 * import. Throws ValidationError INVALID_OPTION, INVALID_PROJECT_ID, NotFoundError PROJECT_NOT_FOUND, StateError
 * REGISTRY_IS_EXTERNAL, FileSystemError LOG_READ_ERROR, and what logLLMRequest throws.
 */
export async function importLogs(ledger: Ledger, options: ImportOptions): Promise<ImportReport> {
  const { format, paths } = options
  if (!IMPORT_FORMATS.includes(format)) {
    throw invalid('importLogs', 'INVALID_OPTION', 'format', `is none of ${IMPORT_FORMATS.join(', ')}`)
  }
  if (!Array.isArray(paths) || !paths.every((path) => typeof path === 'string' && path !== '')) {
    throw invalid('importLogs', 'INVALID_OPTION', 'paths', 'is no list of paths')
  }
  const { runImport } = await import('./run-import.js')
  return runImport(ledger, options)
}
