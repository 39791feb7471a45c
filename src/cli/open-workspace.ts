/** From the global options to an open ledger, closed again whatever happens. */
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  FileSystemError,
  type Ledger,
  LedgerlineError,
  type LedgerOptions,
  openLedger,
  ValidationError,
} from '../index.js'
import { complainOf, warnOf } from './failure.js'

export interface GlobalOptions {
  readonly workspace?: string
  readonly json?: boolean
}

/** `--workspace`, else LEDGERLINE_WORKSPACE, else ./workspace; absolute. */
export function workspacePath(options: GlobalOptions): string {
  return resolve(options.workspace ?? (process.env.LEDGERLINE_WORKSPACE || 'workspace'))
}

interface PriceNeed {
  /** False for a command that prices nothing: a mistake in the user's prices is a warning to it. Default true. */
  readonly needsPrices?: boolean
}

/** For commands that only read: the folder must be there, and nothing is written into it. */
export async function readWorkspace<T>(
  options: GlobalOptions,
  use: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  return readFor(options, {}, use)
}

/** The same for commands that price nothing. */
export async function readWithoutPrices<T>(
  options: GlobalOptions,
  use: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  return readFor(options, { needsPrices: false }, use)
}

async function readFor<T>(
  options: GlobalOptions,
  need: PriceNeed,
  use: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  const workspace = workspacePath(options)
  await requireFolder(workspace)
  const systemLog = { level: 'silent', file: false, pretty: false } as const
  const ledgerOptions = { workspace, liveCounters: false, upkeep: false, systemLog }
  return closeAfter(await openFor(need, ledgerOptions, options), use)
}

/** For commands that write: `create` makes the folder when it is not there; `upkeep` goes on in the background. */
export async function writeWorkspace<T>(
  options: GlobalOptions,
  { create, upkeep = true, ...need }: { readonly create: boolean; readonly upkeep?: boolean } & PriceNeed,
  use: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  const workspace = workspacePath(options)
  if (!create) await requireFolder(workspace)
  await requireWritable(workspace)
  const systemLog = { pretty: false } as const
  return closeAfter(await openFor(need, { workspace, liveCounters: false, upkeep, systemLog }, options), use)
}

async function openFor(
  { needsPrices = true }: PriceNeed,
  ledgerOptions: LedgerOptions,
  { json = false }: GlobalOptions,
): Promise<Ledger> {
  try {
    return await openLedger(ledgerOptions)
  } catch (error) {
    if (needsPrices || !(error instanceof ValidationError) || error.code !== 'PRICES_INVALID') throw error
    warnOf(error, json)
    return openLedger({ ...ledgerOptions, prices: { rules: [] } })
  }
}

/** What a question about all projects leaves out is said on standard error; the rest of the answer is right. */
export async function sayUnreadable(ledger: Ledger, { json = false }: GlobalOptions): Promise<void> {
  for (const error of await ledger.listUnreadableProjects()) complainOf(error, json)
}

/** Throws FileSystemError WORKSPACE_NOT_WRITABLE. A folder that is not there yet is made by openLedger. */
export async function requireWritable(workspace: string): Promise<void> {
  if (await isFile(workspace)) throw notWritable(workspace, `${workspace} is a file, not a folder`)
  try {
    await access(workspace, constants.W_OK | constants.X_OK)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT') return
    const reason = code === 'ENOTDIR' ? 'a part of this path is a file' : String(code)
    throw notWritable(workspace, `cannot write into the folder ${workspace} (${reason})`, cause)
  }
}

function notWritable(path: string, message: string, cause?: unknown): FileSystemError {
  return new FileSystemError('WORKSPACE_NOT_WRITABLE', message, { operation: 'openWorkspace', path, cause })
}

async function closeAfter<T>(ledger: Ledger, use: (ledger: Ledger) => Promise<T>): Promise<T> {
  try {
    return await use(ledger)
  } finally {
    await ledger.close()
  }
}

async function requireFolder(workspace: string): Promise<void> {
  const found = await stat(workspace).catch(() => undefined)
  if (found?.isDirectory() === true) return
  const message =
    found === undefined ? `there is no folder ${workspace}` : `${workspace} is a file, not a folder`
  throw new LedgerlineError('WORKSPACE_NOT_FOUND', message, { operation: 'openWorkspace', path: workspace })
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() === false
}
