import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { SystemLogOptions } from './options.js'
import { openSystemLog } from './system-log.js'

let workspace = ''
let folder = ''
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'ledgerline-test-'))
  folder = join(workspace, 'logs')
})
afterEach(() => rmSync(workspace, { recursive: true, force: true }))

const open = (options: SystemLogOptions) =>
  openSystemLog(workspace, { level: 'info', pretty: false, ...options })

/** Log files, oldest first: the instant in a rotated name sorts. */
function files(): string[] {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'))
  return names.sort(
    (a, b) => Number(a === 'system.jsonl') - Number(b === 'system.jsonl') || a.localeCompare(b),
  )
}

function numbers(): number[] {
  return files().flatMap((name) => {
    const bytes = readFileSync(join(folder, name))
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).i)
  })
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

it.each([
  ['compressed', true, /^system\.\d{4}-\d\d-\d\dT\d{6}\.\d{3}Z-\d+\.jsonl\.gz$/],
  ['as they are', false, /^system\.\d{4}-\d\d-\d\dT\d{6}\.\d{3}Z-\d+\.jsonl$/],
])('rotates by size and keeps every line, files %s', async (_name, gzip, shape) => {
  const log = await open({ maxSize: '64K', maxFiles: 1000, gzip })
  for (let i = 0; i < 6000; i++) log.logger.info({ i }, 'some text that fills the file')
  await log.close()
  const rotated = files().slice(0, -1)
  expect(rotated.length).toBeGreaterThan(3)
  for (const name of rotated) expect(name).toMatch(shape)
  for (const name of files()) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  expect(numbers()).toEqual(upTo(6000))
})

it('keeps no more rotated files than maxFiles, the newest, also those of an earlier run', async () => {
  for (let run = 0; run < 3; run++) {
    const log = await open({ maxSize: '64K', maxFiles: 2, gzip: false })
    for (let i = run * 2000; i < (run + 1) * 2000; i++)
      log.logger.info({ i }, 'some text that fills the file')
    await log.close()
    // A list of files that was lost or moved is made again.
    rmSync(join(folder, '.system.history'))
  }
  expect(files()).toHaveLength(3)
  const kept = numbers()
  expect(kept).toEqual(upTo(6000).slice(-kept.length))
})

it('keeps no more bytes of rotated files than maxTotalSize', async () => {
  const log = await open({ maxSize: '64K', maxFiles: 1000, maxTotalSize: '200K', gzip: false })
  for (let i = 0; i < 6000; i++) log.logger.info({ i }, 'some text that fills the file')
  await log.close()
  const bytes = files()
    .slice(0, -1)
    .map((name) => statSync(join(folder, name)).size)
  expect(bytes.length).toBeGreaterThan(0)
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(200 * 1024)
})

it('rotates by age at open: a file of another day', async () => {
  const first = await open({ gzip: false })
  first.logger.info({ i: 0 })
  await first.close()
  const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000)
  utimesSync(join(folder, 'system.jsonl'), twoDaysAgo, twoDaysAgo)
  const second = await open({ gzip: false })
  second.logger.info({ i: 1 })
  await second.close()
  expect(files()).toHaveLength(2)
  expect(numbers()).toEqual([0, 1])
})

it('does not rotate an empty file for its age', async () => {
  const log = await open({})
  await log.close()
  const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000)
  utimesSync(join(folder, 'system.jsonl'), twoDaysAgo, twoDaysAgo)
  await (await open({})).close()
  expect(files()).toEqual(['system.jsonl'])
})

it('leaves other files in the folder alone', async () => {
  const log = await open({ maxSize: '64K', maxFiles: 1, gzip: false })
  writeFileSync(join(folder, 'system.notes.jsonl'), 'mine')
  for (let i = 0; i < 3000; i++) log.logger.info({ i }, 'some text that fills the file')
  await log.close()
  expect(readFileSync(join(folder, 'system.notes.jsonl'), 'utf8')).toBe('mine')
})
