import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { LedgerOptions } from '../ledger-options.js'
import { resolveOptions } from './options.js'

const DEFAULTS = {
  workspace: resolve('./workspace'),
  durability: 'os',
  rotation: { maxBytes: 64 * 1024 * 1024, maxAgeDays: undefined, gzip: false },
  retention: {
    maxAgeDays: undefined,
    maxSegments: undefined,
    maxBytes: undefined,
    chatsMaxAgeDays: undefined,
  },
  sealKey: undefined,
  liveCounters: true,
  queue: { maxLines: 100_000, maxBytes: 64 * 1024 * 1024 },
  upkeep: true,
  budgets: [],
}

test.each<[string, LedgerOptions, NodeJS.ProcessEnv, object]>([
  ['nothing given', {}, {}, {}],
  [
    'the environment',
    {},
    { LEDGERLINE_WORKSPACE: '/w', LEDGERLINE_DURABILITY: 'fsync', LEDGERLINE_ROTATION_MAX_BYTES: '5000' },
    { workspace: '/w', durability: 'fsync', rotation: { ...DEFAULTS.rotation, maxBytes: 5000 } },
  ],
  [
    'options before the environment',
    { workspace: '/o', durability: 'os', rotation: { maxBytes: 9000 } },
    { LEDGERLINE_WORKSPACE: '/w', LEDGERLINE_DURABILITY: 'fsync', LEDGERLINE_ROTATION_MAX_BYTES: '5000' },
    { workspace: '/o', rotation: { ...DEFAULTS.rotation, maxBytes: 9000 } },
  ],
  [
    'rotation and retention from the environment',
    {},
    {
      LEDGERLINE_ROTATION_MAX_AGE_DAYS: '1',
      LEDGERLINE_ROTATION_GZIP: '1',
      LEDGERLINE_RETENTION_MAX_AGE_DAYS: '90',
      LEDGERLINE_RETENTION_MAX_SEGMENTS: '100',
      LEDGERLINE_RETENTION_MAX_BYTES: '1000000',
      LEDGERLINE_RETENTION_CHATS_MAX_AGE_DAYS: '30',
    },
    {
      rotation: { ...DEFAULTS.rotation, maxAgeDays: 1, gzip: true },
      retention: { maxAgeDays: 90, maxSegments: 100, maxBytes: 1_000_000, chatsMaxAgeDays: 30 },
    },
  ],
  [
    'an option of retention before its variable, the others from theirs',
    { rotation: { gzip: false }, retention: { maxAgeDays: 7 } },
    {
      LEDGERLINE_ROTATION_GZIP: 'true',
      LEDGERLINE_RETENTION_MAX_AGE_DAYS: '90',
      LEDGERLINE_RETENTION_MAX_SEGMENTS: '5',
    },
    { retention: { ...DEFAULTS.retention, maxAgeDays: 7, maxSegments: 5 } },
  ],
  ['upkeep off', { upkeep: false }, {}, { upkeep: false }],
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
  ['an unknown rotation', { rotation: { maxAge: 1 } }, {}, 'rotation.maxAge'],
  ['a rotation that is no object', { rotation: 5 }, {}, 'rotation'],
  ['a rotation within the day', { rotation: { maxAgeDays: 0.5 } }, {}, 'rotation.maxAgeDays'],
  ['a gzip that is no switch', {}, { LEDGERLINE_ROTATION_GZIP: 'yes' }, 'rotation.gzip'],
  ['a retention of nothing', { retention: { maxAgeDays: 0 } }, {}, 'retention.maxAgeDays'],
  ['a retention of no number', {}, { LEDGERLINE_RETENTION_MAX_BYTES: '1e9' }, 'retention.maxBytes'],
  ['an unknown retention', { retention: { days: 5 } }, {}, 'retention.days'],
  ['an unknown seal', { seals: { key: 'x' } }, {}, 'seals.key'],
  ['a key that is no text', { seals: { privateKey: 5 } }, {}, 'seals.privateKey'],
  ['an upkeep that is no switch', { upkeep: 'no' }, {}, 'upkeep'],
  ['counters that are no switch', { liveCounters: 'yes' }, {}, 'liveCounters'],
])('%s is refused, by name', (_, options, env, field) => {
  expect(() => resolveOptions(options as LedgerOptions, env)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', problems: [expect.objectContaining({ field })] }),
  )
})
