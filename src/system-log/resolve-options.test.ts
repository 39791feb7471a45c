import { describe, expect, it } from 'vitest'
import { ValidationError } from '../errors.js'
import type { SystemLogOptions } from './options.js'
import { type Environment, resolveSystemLogOptions } from './resolve-options.js'

const DEFAULTS = {
  level: 'info',
  pretty: false,
  file: true,
  maxSize: '10M',
  interval: '1d',
  maxFiles: 14,
  maxTotalSize: '200M',
  gzip: true,
  redactKeys: [],
}

function problemsOf(options: object, env: Environment): readonly string[] {
  try {
    resolveSystemLogOptions(options, env)
  } catch (error) {
    if (error instanceof ValidationError) {
      expect(error.code).toBe('INVALID_OPTION')
      return error.problems.map(({ field }) => field)
    }
    throw error
  }
  return []
}

describe('resolveSystemLogOptions', () => {
  it.each<readonly [name: string, options: SystemLogOptions, env: Environment, differs: object]>([
    ['nothing given', {}, {}, {}],
    ['level', {}, { LOG_LEVEL: 'debug' }, { level: 'debug' }],
    ['level in capitals', {}, { LOG_LEVEL: 'WARN' }, { level: 'warn' }],
    ['silent', {}, { LOG_LEVEL: 'silent' }, { level: 'silent' }],
    ['an option before its variable', { level: 'error' }, { LOG_LEVEL: 'debug' }, { level: 'error' }],
    ['false before its variable', { file: false }, { LEDGERLINE_LOG_FILE: 'true' }, { file: false }],
    ['a variable set to nothing', {}, { LOG_LEVEL: '', LEDGERLINE_LOG_MAX_SIZE: '  ' }, {}],
    ['pretty on', {}, { LEDGERLINE_LOG_PRETTY: '1' }, { pretty: true }],
    ['file off', {}, { LEDGERLINE_LOG_FILE: 'false' }, { file: false }],
    ['gzip off', {}, { LEDGERLINE_LOG_GZIP: '0' }, { gzip: false }],
    [
      'sizes',
      {},
      { LEDGERLINE_LOG_MAX_SIZE: '1G', LEDGERLINE_LOG_MAX_TOTAL_SIZE: '500B' },
      { maxSize: '1G', maxTotalSize: '500B' },
    ],
    ['interval', {}, { LEDGERLINE_LOG_INTERVAL: '12h' }, { interval: '12h' }],
    ['a month', {}, { LEDGERLINE_LOG_INTERVAL: '1M' }, { interval: '1M' }],
    ['count', {}, { LEDGERLINE_LOG_MAX_FILES: '3' }, { maxFiles: 3 }],
    ['names', { redactKeys: ['ssn'] }, {}, { redactKeys: ['ssn'] }],
  ])('%s', (_name, options, env, differs) => {
    expect(resolveSystemLogOptions(options, env)).toEqual({ ...DEFAULTS, ...differs })
  })

  it.each([
    ['a terminal', true, {}, true],
    ['a terminal in production', true, { NODE_ENV: 'production' }, false],
    ['no terminal', false, {}, false],
    ['a terminal, switched off', true, { LEDGERLINE_LOG_PRETTY: 'false' }, false],
  ])('prints pretty lines by default: %s', (_name, terminal, env, pretty) => {
    expect(resolveSystemLogOptions({}, env, terminal).pretty).toBe(pretty)
  })

  it.each([
    ['LOG_LEVEL', 'loud'],
    ['LEDGERLINE_LOG_PRETTY', 'maybe'],
    ['LEDGERLINE_LOG_FILE', 'path/to/file'],
    ['LEDGERLINE_LOG_GZIP', '2'],
    ['LEDGERLINE_LOG_MAX_SIZE', '10'],
    ['LEDGERLINE_LOG_MAX_SIZE', '10MB'],
    ['LEDGERLINE_LOG_MAX_SIZE', '0M'],
    ['LEDGERLINE_LOG_MAX_TOTAL_SIZE', '-1G'],
    ['LEDGERLINE_LOG_INTERVAL', '7h'],
    ['LEDGERLINE_LOG_INTERVAL', '1w'],
    ['LEDGERLINE_LOG_MAX_FILES', '0'],
    ['LEDGERLINE_LOG_MAX_FILES', '1.5'],
    ['LEDGERLINE_LOG_MAX_FILES', '1e99'],
  ])('refuses %s=%s and names the variable', (variable, value) => {
    expect(problemsOf({}, { [variable]: value })).toEqual([variable])
  })

  it.each([
    ['level', { level: 'loud' }],
    ['maxFiles', { maxFiles: '3' }],
    ['gzip', { gzip: 'yes' }],
    ['maxSize', { maxSize: 10 }],
    ['redactKeys', { redactKeys: 'ssn' }],
    ['colour', { colour: true }],
  ])('refuses a bad option %s and names it', (name, options) => {
    expect(problemsOf(options, {})).toEqual([`systemLog.${name}`])
  })

  it('lists all that is wrong', () => {
    expect(problemsOf({ maxFiles: -1 }, { LOG_LEVEL: 'x', LEDGERLINE_LOG_GZIP: 'x' })).toEqual([
      'LOG_LEVEL',
      'systemLog.maxFiles',
      'LEDGERLINE_LOG_GZIP',
    ])
  })
})
