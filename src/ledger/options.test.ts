import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { LedgerOptions } from '../ledger.js'
import { resolveOptions } from './options.js'

const DEFAULTS = {
  workspace: resolve('./workspace'),
  durability: 'os',
  maxBytes: 64 * 1024 * 1024,
  liveCounters: true,
  queue: { maxLines: 100_000, maxBytes: 64 * 1024 * 1024 },
}

test.each<[string, LedgerOptions, NodeJS.ProcessEnv, object]>([
  ['nothing given', {}, {}, {}],
  [
    'the environment',
    {},
    { LEDGERLINE_WORKSPACE: '/w', LEDGERLINE_DURABILITY: 'fsync', LEDGERLINE_ROTATION_MAX_BYTES: '5000' },
    { workspace: '/w', durability: 'fsync', maxBytes: 5000 },
  ],
  [
    'options before the environment',
    { workspace: '/o', durability: 'os', rotation: { maxBytes: 9000 } },
    { LEDGERLINE_WORKSPACE: '/w', LEDGERLINE_DURABILITY: 'fsync', LEDGERLINE_ROTATION_MAX_BYTES: '5000' },
    { workspace: '/o', maxBytes: 9000 },
  ],
  ['an empty variable is none', {}, { LEDGERLINE_WORKSPACE: '', LEDGERLINE_DURABILITY: '' }, {}],
  ['counters off', { liveCounters: false }, {}, { liveCounters: false }],
])('%s', (_, options, env, expected) => {
  expect(resolveOptions(options, env)).toEqual({ ...DEFAULTS, ...expected })
})

test.each([
  ['no object', 5, {}, 'options'],
  ['an unknown option', { wrkspace: 'x' }, {}, 'wrkspace'],
  ['a workspace that is no text', { workspace: 5 }, {}, 'workspace'],
  ['a durability nobody knows', {}, { LEDGERLINE_DURABILITY: 'maybe' }, 'durability'],
  ['a size that is no number', {}, { LEDGERLINE_ROTATION_MAX_BYTES: 'much' }, 'rotation.maxBytes'],
  ['a size too small', { rotation: { maxBytes: 1 } }, {}, 'rotation.maxBytes'],
  ['a rotation that does not work yet', { rotation: { maxAgeDays: 1 } }, {}, 'rotation.maxAgeDays'],
  ['counters that are no switch', { liveCounters: 'yes' }, {}, 'liveCounters'],
])('%s is refused, by name', (_, options, env, field) => {
  expect(() => resolveOptions(options as LedgerOptions, env)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', problems: [expect.objectContaining({ field })] }),
  )
})
