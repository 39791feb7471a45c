/** From the paths that were named to the files that are read. Links are not followed. */
import { type BigIntStats, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { FileSystemError, type LedgerlineError } from '../errors.js'

export interface SourceFile {
  readonly path: string
  readonly bytes: number
}

export interface Sources {
  /** In the order of the paths, and of the names in a folder; none twice. */
  readonly files: readonly SourceFile[]
  /** SOURCE_UNREADABLE, PATH_IS_SYMLINK: what is not read. */
  readonly problems: readonly LedgerlineError[]
}

/** Of a folder all files below it with one of the endings; a file that is named itself may have any name. */
export function findSources(paths: readonly string[], endings: readonly string[]): Sources {
  const files: SourceFile[] = []
  const problems: LedgerlineError[] = []
  const seen = new Set<string>()
  // Last in, first out: what was found first is put on top.
  const waiting = paths.map((path) => ({ path, isNamed: true })).reverse()
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path, isNamed } = next
    try {
      const stat = lstatSync(path, { bigint: true })
      if (stat.isSymbolicLink()) throw symlink(path)
      if (stat.isDirectory()) {
        const names = readdirSync(path).sort(byCodeUnit)
        waiting.push(...names.map((name) => ({ path: join(path, name), isNamed: false })).reverse())
      } else if (!stat.isFile()) {
        if (isNamed) throw unreadable(path, 'it is neither a file nor a folder')
      } else if ((isNamed || endings.some((ending) => path.endsWith(ending))) && isFirst(stat, seen)) {
        files.push({ path, bytes: Number(stat.size) })
      }
    } catch (error) {
      problems.push(error instanceof FileSystemError ? error : sourceError(path, error))
    }
  }
  return { files, problems }
}

/** What a file could not be read for, as FileSystemError PATH_IS_SYMLINK or SOURCE_UNREADABLE. */
export function sourceError(path: string, cause: unknown): FileSystemError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
  if (code === 'ELOOP') return symlink(path)
  return unreadable(path, code === 'ENOENT' ? 'there is no such file' : (code ?? String(cause)), cause)
}

function symlink(path: string): FileSystemError {
  const details = { operation: 'importLogs', path }
  return new FileSystemError('PATH_IS_SYMLINK', `${path} is a symbolic link`, details)
}

function unreadable(path: string, reason: string, cause?: unknown): FileSystemError {
  const details = { operation: 'importLogs', path, cause }
  return new FileSystemError('SOURCE_UNREADABLE', `cannot read ${path}: ${reason}`, details)
}

function isFirst({ dev, ino }: BigIntStats, seen: Set<string>): boolean {
  const identity = `${dev}:${ino}`
  if (seen.has(identity)) return false
  seen.add(identity)
  return true
}

/** The same order on every machine, so that every run meets the same copy of a call first. */
function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
