/** The index may be damaged anywhere, replaced by anything, or taken away at any time: answers stay the same. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDuckDbEngine } from '../../../src/stats/duckdb/engine.js'
import { createIndexEngine } from '../../../src/stats/index/engine.js'
import type { StatsAnswer } from '../../../src/stats/stats-engine.js'
import { closed, entryLine, StatsFiles } from '../../stats-files.js'

const files = new StatsFiles()
beforeEach(() => {
  files.renew()
  for (const sequence of [1, 2]) {
    const lines = Array.from({ length: 40 }, (_, n) =>
      entryLine({
        chat_id: `c${n % 4}`,
        user_id: `u${n}`,
        tags: [`t${n % 3}`],
        timestamp_start: new Date(Date.UTC(2026, 0, 1 + n)).toISOString(),
        usage: { prompt_tokens: n, completion_tokens: 2 * n },
        timings: { latency_ms: n + 0.5, time_to_first_token_ms: n },
        cost: { amount: n / 1000 },
      }),
    )
    files.write(closed(sequence), ...lines)
  }
})
afterEach(() => files.remove())

const open = () => createIndexEngine(createDuckDbEngine())
const index = (): string => join(files.root, '.index')
const parts = (): string[] => readdirSync(index()).map((name) => join(index(), name))

async function answers(engine = open()): Promise<StatsAnswer[]> {
  const all = await engine.stats(files.stats())
  const days = await engine.stats(files.stats({ groupBy: ['day', 'model'], timezone: 'Asia/Kathmandu' }))
  const users = await engine.stats(
    files.stats({ groupBy: ['user', 'tag'], filter: new Map([['chat', ['c1']]]) }),
  )
  await engine.close()
  return [all, days, users]
}

test('a byte that changed anywhere is found, and the part is made anew', async () => {
  const sound = await answers()
  const [path = ''] = parts()
  const bytes = readFileSync(path)
  const stride = Math.max(1, Math.floor(bytes.length / 120))
  for (let at = 0; at < bytes.length; at += stride) {
    const damaged = Buffer.from(bytes)
    damaged[at] = (damaged[at] ?? 0) ^ 0x55
    writeFileSync(path, damaged)
    expect(await answers()).toEqual(sound)
    // What was read was found; padding and what is behind is not looked at.
    if (!readFileSync(path).equals(damaged)) expect(readFileSync(path).length).toBe(bytes.length)
  }
})

test.each<[string, (path: string) => void]>([
  ['a folder', (path) => mkdirSync(join(path, 'in it'), { recursive: true })],
  ['a pipe', (path) => void execFileSync('mkfifo', [path])],
  ['nothing', () => {}],
])('%s in place of a part is no error', async (_, put) => {
  const sound = await answers()
  for (const path of parts()) {
    rmSync(path)
    put(path)
  }
  expect(await answers()).toEqual(sound)
})

test('an index that is taken away again and again costs no answer', async () => {
  const sound = await answers()
  const timer = setInterval(() => rmSync(index(), { recursive: true, force: true }), 1)
  try {
    for (let round = 0; round < 10; round++) expect(await answers()).toEqual(sound)
  } finally {
    clearInterval(timer)
  }
})
