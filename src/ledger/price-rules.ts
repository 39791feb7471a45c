/** The user's own prices: from the option, the file that it or the environment names, or the workspace's prices.json. */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { invalid } from '../errors.js'
import type { LedgerOptions } from '../ledger-options.js'
import { checkRules } from '../pricing/rules/check-rules.js'
import type { RuleBook } from '../pricing/rules/rule-book.js'
import { OPEN, refuse, set } from './option-values.js'

const FILE = 'prices.json'
/** Far above ten thousand rules; a log that was named by mistake is not read. */
const MAX_BYTES = 8 * 1024 * 1024

/**
 * Undefined when there are none. Throws ValidationError PRICES_INVALID, also for a file that was named and cannot be read;
 * INVALID_OPTION.
 */
export async function readPriceRules(
  { prices }: LedgerOptions,
  env: NodeJS.ProcessEnv,
  workspace: string,
): Promise<RuleBook | undefined> {
  const given: unknown = prices ?? set(env.LEDGERLINE_PRICES)
  if (typeof given === 'object' && given !== null) return checkRules(given, 'prices')
  if (given !== undefined && (typeof given !== 'string' || given === '')) {
    throw refuse(OPEN, 'prices', 'is neither a path nor an object with rules')
  }
  const path = given === undefined ? join(workspace, FILE) : resolve(given)
  const text = await textOf(path, given === undefined)
  return text === undefined ? undefined : checkRules(parsed(text, path), path)
}

async function textOf(path: string, mayBeAbsent: boolean): Promise<string | undefined> {
  try {
    // A FIFO would block.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const found = await file.stat()
    if (!found.isFile()) throw new Error('it is no regular file')
    if (found.size > MAX_BYTES) throw new Error(`it holds more than ${MAX_BYTES} bytes`)
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile())
  } catch (error) {
    const isAbsent =
      error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code))
    if (isAbsent && mayBeAbsent) return undefined
    throw wrong(path, `could not be read: ${reasonOf(error)}`)
  }
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw wrong(path, `is no JSON: ${reasonOf(error)}`)
  }
}

function wrong(path: string, message: string): Error {
  return invalid(OPEN, 'PRICES_INVALID', path, message)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
