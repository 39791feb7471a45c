import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../test/fixtures/temp-folder.js'
import {
  activeName,
  closedName,
  closedSegments,
  formName,
  listForms,
  listRefused,
  listSegments,
  nextSequence,
} from './segments.js'

describe('segments', () => {
  test('are listed in reading order: closed by slot and sequence, then active', () => {
    const folder = tempFolder()
    const now = new Date(Date.UTC(2026, 0, 31, 14, 5, 6, 78))
    const names = [
      closedName('log', 0, 1, now),
      closedName('log', 0, 2, now),
      closedName('log', 0, 12, now),
      closedName('log', 1, 1, now),
      activeName('log', 0),
      activeName('log', 1),
      activeName('log', 10),
    ]
    expect(names[0]).toBe('log.0-00000001-20260131T140506078Z.jsonl')
    for (const name of [...names].reverse()) writeFileSync(join(folder, name), '')
    for (const other of ['log.jsonl.bak', 'log.x.jsonl', 'other.jsonl', 'log.0-1.jsonl'])
      writeFileSync(join(folder, other), '')
    symlinkSync('/etc/hostname', join(folder, 'log.7.jsonl'))
    mkdirSync(join(folder, 'log.8.jsonl'))
    expect(listSegments(folder, 'log').map(({ path }) => basename(path))).toEqual(names)
    expect([0, 1, 5].map((slot) => nextSequence(folder, 'log', slot))).toEqual([13, 2, 1])
  })

  test.each([
    ['raw', ['.jsonl'], '.jsonl'],
    ['gzip', ['.jsonl.gz'], '.jsonl.gz'],
    ['summary', ['.summary.jsonl.gz'], '.summary.jsonl.gz'],
    ['raw', ['.jsonl', '.jsonl.gz'], '.jsonl'],
    ['summary', ['.jsonl', '.summary.jsonl.gz'], '.summary.jsonl.gz'],
    ['summary', ['.jsonl.gz', '.summary.jsonl.gz', '.jsonl'], '.summary.jsonl.gz'],
  ] as const)('of one stem the %s form counts when there are %j', (form, endings, counting) => {
    const folder = tempFolder()
    const stem = 'log.0-00000007-20260131T140506078Z'
    for (const ending of endings) writeFileSync(join(folder, `${stem}${ending}`), '')
    expect(formName(stem, form)).toBe(`${stem}${counting}`)
    expect(closedSegments(folder, 'log')).toEqual([
      { path: join(folder, `${stem}${counting}`), slot: 0, sequence: 7, form, stem },
    ])
    expect(listForms(folder, 'log')).toHaveLength(endings.length)
    expect(nextSequence(folder, 'log', 0)).toBe(8)
  })

  test('forms are read in one order, and names that are no form are none', () => {
    const folder = tempFolder()
    const names = [
      'log.0-00000001-20260101T000000000Z.summary.jsonl.gz',
      'log.0-00000002-20260102T000000000Z.jsonl.gz',
      'log.0-00000003-20260103T000000000Z.jsonl',
      'log.1-00000001-20260101T000000000Z.jsonl.gz',
      'log.jsonl',
    ]
    for (const name of [
      ...names,
      'log.jsonl.gz',
      'log.1.summary.jsonl.gz',
      'log.0-00000004-20260103T000000000Z.summary.jsonl',
      'log.0-00000004-20260103T000000000Z.gz',
      'logs.jsonl',
      'xlog.jsonl',
      'log.seals.jsonl',
    ])
      writeFileSync(join(folder, name), '')
    symlinkSync('/etc/hostname', join(folder, 'log.0-00000009-20260103T000000000Z.jsonl.gz'))
    expect(listSegments(folder, 'log').map(({ path }) => basename(path))).toEqual(names)
    expect(closedSegments(folder, 'log').map(({ form }) => form)).toEqual(['summary', 'gzip', 'raw', 'gzip'])
    expect(listRefused(folder, 'log').map((path) => basename(path))).toEqual([
      'log.0-00000009-20260103T000000000Z.jsonl.gz',
    ])
  })

  test('a base is taken as it is, not as a pattern', () => {
    const folder = tempFolder()
    for (const name of ['a.b.jsonl', 'axb.jsonl', 'a+.jsonl', 'aa.jsonl'])
      writeFileSync(join(folder, name), '')
    const names = (base: string) => listSegments(folder, base).map(({ path }) => basename(path))
    expect(names('a.b')).toEqual(['a.b.jsonl'])
    expect(names('a+')).toEqual(['a+.jsonl'])
    expect(names('.*')).toEqual([])
  })

  test('of a folder that does not exist are none', () => {
    expect(listSegments(join(tempFolder(), 'no'), 'log')).toEqual([])
  })
})
