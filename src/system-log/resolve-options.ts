/** The system log's options: given, else from the environment, else the default. No I/O. */
import { type Problem, ValidationError } from '../errors.js'
import { LOG_LEVELS, type SystemLogOptions } from './options.js'

export type Environment = Readonly<Record<string, string | undefined>>

export type ResolvedSystemLogOptions = Required<SystemLogOptions>

/** One kind of value: how its text reads, what it accepts, and how to say so. */
interface Kind<T> {
  /** Undefined when the text is none of the kind. */
  fromText(text: string): unknown
  accepts(value: unknown): value is T
  readonly expected: string
}

function isOneOf<T extends string>(values: readonly T[]) {
  return (value: unknown): value is T => values.some((one) => one === value)
}

const LEVEL = {
  fromText: (text: string) => text.toLowerCase(),
  accepts: isOneOf(LOG_LEVELS),
  expected: `one of ${LOG_LEVELS.join(', ')}`,
}

const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])
const BOOLEAN: Kind<boolean> = {
  fromText: (text) => BOOLEANS.get(text.toLowerCase()),
  accepts: (value) => typeof value === 'boolean',
  expected: 'true or false',
}

const SIZE: Kind<string> = {
  fromText: (text) => text,
  accepts: (value): value is string => typeof value === 'string' && /^[1-9]\d{0,8}[BKMG]$/.test(value),
  expected: 'a whole number and a unit: B, K, M or G, such as 10M',
}

/** Shorter units must divide the next longer one, or the periods would drift. */
const DIVIDES: Readonly<Record<string, number>> = { s: 60, m: 60, h: 24 }
const INTERVAL: Kind<string> = {
  fromText: (text) => text,
  accepts: (value): value is string => {
    const [, count, unit] = (typeof value === 'string' && /^([1-9]\d{0,3})([smhdM])$/.exec(value)) || []
    return unit !== undefined && (DIVIDES[unit] ?? 0) % Number(count) === 0
  },
  expected: 'a whole number and a unit: s or m (a divisor of 60), h (of 24), d or M, such as 1d',
}

const COUNT: Kind<number> = {
  fromText: (text) => (/^\d+$/.test(text) ? Number(text) : undefined),
  accepts: (value): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 100_000,
  expected: 'a whole number from 1 to 100000',
}

const NAMES: Kind<readonly string[]> = {
  fromText: () => undefined,
  accepts: (value): value is readonly string[] =>
    Array.isArray(value) && value.every((name) => typeof name === 'string'),
  expected: 'a list of names',
}

const OPTIONS: ReadonlySet<string> = new Set([
  'level',
  'pretty',
  'file',
  'maxSize',
  'interval',
  'maxFiles',
  'maxTotalSize',
  'gzip',
  'redactKeys',
] satisfies (keyof SystemLogOptions)[])

/**
 * The options in full. `terminal`: whether standard error is one. Throws ValidationError INVALID_OPTION that names
 * each bad variable (`LOG_LEVEL`) or option (`systemLog.level`). A variable set to nothing counts as not set.
 */
export function resolveSystemLogOptions(
  options: SystemLogOptions,
  env: Environment,
  terminal = false,
): ResolvedSystemLogOptions {
  const problems: Problem[] = []
  for (const name of Object.keys(options)) {
    if (OPTIONS.has(name)) continue
    problems.push({
      code: 'INVALID_OPTION',
      field: `systemLog.${name}`,
      message: 'is no option of the system log',
    })
  }

  function pick<T>(
    kind: Kind<T>,
    option: keyof SystemLogOptions,
    variable: string | undefined,
    fallback: T,
  ): T {
    const given: unknown = options[option]
    const text = variable === undefined ? undefined : env[variable]?.trim()
    const fromEnv = given === undefined
    if (fromEnv && (text === undefined || text === '')) return fallback
    const value = fromEnv ? kind.fromText(text ?? '') : given
    if (kind.accepts(value)) return value
    const field = fromEnv ? (variable ?? option) : `systemLog.${option}`
    problems.push({ code: 'INVALID_OPTION', field, message: `must be ${kind.expected}` })
    return fallback
  }

  const resolved: ResolvedSystemLogOptions = {
    level: pick(LEVEL, 'level', 'LOG_LEVEL', 'info'),
    pretty: pick(BOOLEAN, 'pretty', 'LEDGERLINE_LOG_PRETTY', terminal && env.NODE_ENV !== 'production'),
    file: pick(BOOLEAN, 'file', 'LEDGERLINE_LOG_FILE', true),
    maxSize: pick(SIZE, 'maxSize', 'LEDGERLINE_LOG_MAX_SIZE', '10M'),
    interval: pick(INTERVAL, 'interval', 'LEDGERLINE_LOG_INTERVAL', '1d'),
    maxFiles: pick(COUNT, 'maxFiles', 'LEDGERLINE_LOG_MAX_FILES', 14),
    maxTotalSize: pick(SIZE, 'maxTotalSize', 'LEDGERLINE_LOG_MAX_TOTAL_SIZE', '200M'),
    gzip: pick(BOOLEAN, 'gzip', 'LEDGERLINE_LOG_GZIP', true),
    redactKeys: pick(NAMES, 'redactKeys', undefined, []),
  }
  const [first, ...others] = problems
  if (first !== undefined) throw new ValidationError('openSystemLog', [first, ...others])
  return resolved
}
