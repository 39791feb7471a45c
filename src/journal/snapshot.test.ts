import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../test/fixtures/temp-folder.js'
import { readLines } from './read-lines.js'
import { readerFolder } from './reader-folder.js'
import { activeName, closedName, closedSegments, formName } from './segments.js'
import { SLOTS_DIR } from './slot.js'
import { takeSnapshot } from './snapshot.js'

/**
 * What upkeep does to the segments, without its care: each becomes a gzip file, and then a summary. One step for each
 * byte that comes in, and then one goes out.
 */
const UPKEEP = `
  const fs = require('node:fs'), zlib = require('node:zlib')
  const [folder, ...stems] = process.argv.slice(1)
  const steps = [['.jsonl', '.jsonl.gz'], ['.jsonl.gz', '.summary.jsonl.gz']]
    .flatMap(([from, to]) => stems.map((stem) => ({ stem, from, to })))
  process.stdin.on('data', (asked) => {
    for (const _ of asked) {
      const { stem, from, to } = steps.shift()
      const bytes = fs.readFileSync(folder + '/' + stem + from)
      fs.writeFileSync(folder + '/draft', from === '.jsonl' ? zlib.gzipSync(bytes) : bytes)
      fs.renameSync(folder + '/draft', folder + '/' + stem + to)
      fs.rmSync(folder + '/' + stem + from)
      fs.writeSync(1, '.')
    }
  })`
const STEPS_AT_ONCE = 4

async function linesOf(path: string, start = 0) {
  const lines = []
  for await (const line of readLines(path, start)) lines.push(line)
  return lines
}

describe('takeSnapshot', () => {
  test('still holds the lines of a file that is rotated while it is read', async () => {
    const folder = tempFolder()
    mkdirSync(join(folder, SLOTS_DIR))
    writeFileSync(join(folder, 'log.jsonl'), 'old\n')
    using snapshot = takeSnapshot(folder, 'log')
    renameSync(join(folder, 'log.jsonl'), join(folder, closedName('log', 0, 1, new Date())))
    writeFileSync(join(folder, 'log.jsonl'), 'new\n')
    const texts = []
    for (const file of snapshot.files) for (const { text } of await linesOf(file)) texts.push(text)
    expect(texts).toEqual(['old'])
  })

  test.each([
    ['compressed', 'gzip', ['a', 'b']],
    ['deleted for a summary', 'summary', ['a', 'b']],
    ['deleted', undefined, ['a', 'b']],
  ] as const)('still holds the lines of a segment that is %s while it is read', async (_, form, expected) => {
    const folder = tempFolder()
    mkdirSync(join(folder, SLOTS_DIR))
    const raw = join(folder, closedName('log', 0, 1, new Date()))
    writeFileSync(raw, 'a\nb\n')
    const stem = basename(raw, '.jsonl')
    using snapshot = takeSnapshot(folder, 'log')
    if (form !== undefined) writeFileSync(join(folder, formName(stem, form)), gzipSync('other\n'))
    rmSync(raw)
    const texts = []
    for (const file of snapshot.files) for (const { text } of await linesOf(file)) texts.push(text)
    expect(texts).toEqual(expected)
  })

  test('holds every line at any moment while another process compresses and deletes', async () => {
    const folder = tempFolder()
    mkdirSync(join(folder, SLOTS_DIR))
    const stems = Array.from({ length: 60 }, (_, i) =>
      closedName('log', 0, i + 1, new Date(i)).replace('.jsonl', ''),
    )
    for (const [i, stem] of stems.entries()) writeFileSync(join(folder, formName(stem, 'raw')), `${i}\n`)
    const other = spawn(process.execPath, ['-e', UPKEEP, folder, ...stems])
    const ended = once(other, 'exit')
    let done = 0
    other.stdout.on('data', (steps: Buffer) => {
      done += steps.length
    })
    for (let asked = 0; asked < 2 * stems.length; ) {
      asked += STEPS_AT_ONCE
      other.stdin.write('.'.repeat(STEPS_AT_ONCE))
      using snapshot = takeSnapshot(folder, 'log')
      const texts = []
      for (const file of snapshot.files) for (const { text } of await linesOf(file)) texts.push(text)
      expect(texts).toEqual(stems.map((_, i) => String(i)))
      while (done < asked && other.exitCode === null) await setTimeout(1)
    }
    other.stdin.end()
    expect(await ended).toEqual([0, null])
    expect(new Set(closedSegments(folder, 'log').map(({ form }) => form))).toEqual(new Set(['summary']))
    expect(readdirSync(join(folder, SLOTS_DIR))).toEqual([])
  })

  test('holds them in a folder that says whose it is', () => {
    const folder = tempFolder()
    mkdirSync(join(folder, SLOTS_DIR))
    writeFileSync(join(folder, 'log.jsonl'), 'a\n')
    using _snapshot = takeSnapshot(folder, 'log')
    const own = (name: string): string => name.slice(0, -'-01234567-89ab-cdef-0123-456789abcdef'.length)
    expect(readdirSync(join(folder, SLOTS_DIR)).map(own)).toEqual([own(readerFolder())])
  })

  test('gives the names where links cannot be made', () => {
    const folder = tempFolder()
    const raw = join(folder, closedName('log', 0, 1, new Date()))
    writeFileSync(raw, 'a\n')
    writeFileSync(join(folder, SLOTS_DIR), 'no folder')
    using snapshot = takeSnapshot(folder, 'log')
    expect(snapshot.files).toEqual([raw])
  })

  test('leaves nothing behind where nothing was written by us', () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'log.jsonl'), 'old\n')
    using snapshot = takeSnapshot(folder, 'log')
    expect(snapshot.files).toEqual([join(folder, 'log.jsonl')])
    expect(readdirSync(folder)).toEqual(['log.jsonl'])
  })

  test('keeps the order of segments', () => {
    const folder = tempFolder()
    mkdirSync(join(folder, SLOTS_DIR))
    for (const name of [activeName('log', 1), activeName('log', 0), closedName('log', 1, 1, new Date())]) {
      writeFileSync(join(folder, name), '')
    }
    using snapshot = takeSnapshot(folder, 'log')
    expect(snapshot.files.map((file) => basename(file))).toEqual([
      expect.stringMatching(/^log\.1-/),
      'active.jsonl',
      'active.1.jsonl',
    ])
  })
})
