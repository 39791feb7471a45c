/** A thread makes the index (src/stats/index/build); whatever becomes of it, answers and parts stay the same. */
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createDuckDbEngine } from '../../src/stats/duckdb/engine.js'
import { createIndexEngine } from '../../src/stats/index/engine.js'
import type { StatsAnswer, StatsEngine } from '../../src/stats/stats-engine.js'
import { tempFolder } from '../fixtures/temp-folder.js'
import { active, closed, entryLine, StatsFiles } from '../stats-files.js'

/** The compiled one: a thread knows nothing of the test runner's way with TypeScript. */
const WORKER = new URL('../../dist/stats/index/build/worker.js', import.meta.url)

/** A script of a thread, in place of the compiled one. */
function script(body: string): URL {
  return new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'; ${body}`)}`,
  )
}

const files = new StatsFiles()
let started: Worker[] = []
const onWorker = (worker: Worker): void => void started.push(worker)

function linesOf(file: number, count = 50): object[] {
  return Array.from({ length: count }, (_, n) =>
    entryLine({
      id: `${file}-${n % 45}`,
      chat_id: `c${n % 4}`,
      user_id: `u${n}`,
      tags: [`t${n % 3}`, 'all'],
      status: n % 7 === 0 ? 'pending' : 'success',
      timestamp_start: new Date(Date.UTC(2026, 0, 1 + n)).toISOString(),
      usage: { prompt_tokens: n, completion_tokens: 2 * n },
      timings: { latency_ms: n + 0.5, time_to_first_token_ms: n },
      cost: { amount: n / 1000 },
    }),
  )
}

beforeEach(() => {
  started = []
  process.on('worker', onWorker)
  files.renew()
  files.write(closed(1), ...linesOf(1))
  files.write(closed(2, 'gzip'), ...linesOf(2))
  files.write(closed(3), '{"id":"torn', ...linesOf(3), 'null', '{"id":"lone \\ud800","x":')
  files.write(closed(4, 'summary'), ...linesOf(4))
  files.write(closed(5, 'gzip'), ...linesOf(5))
  // Cut off: it is read as a copy.
  const cut = readFileSync(join(files.root, closed(5, 'gzip')))
  files.writeBytes(closed(5, 'gzip'), cut.subarray(0, cut.length - 20))
  files.write(active(), ...linesOf(6))
})
afterEach(() => {
  process.off('worker', onWorker)
  files.remove()
})

function open(worker?: URL): StatsEngine {
  const builder = worker && { script: worker, atOnce: 2, worthBytes: 0 }
  return createIndexEngine(createDuckDbEngine(), { atOnceFrom: 0, builder })
}

async function answers(worker?: URL): Promise<StatsAnswer[]> {
  const engine = open(worker)
  const all = await engine.stats(files.stats())
  const days = await engine.stats(files.stats({ groupBy: ['day', 'model', 'tag'] }))
  await engine.close()
  return [all, days]
}

function takeParts(): Map<string, string> {
  const index = join(files.root, '.index')
  const parts = readdirSync(index).map((name) => [name, readFileSync(join(index, name), 'hex')] as const)
  rmSync(index, { recursive: true })
  return new Map(parts)
}

test('parts made by the thread are those that are made without, byte for byte', async () => {
  const withoutIt = await answers()
  expect(started).toHaveLength(0)
  const parts = takeParts()
  expect(parts.size).toBe(files.paths.length)
  expect(await answers(WORKER)).toEqual(withoutIt)
  expect(started).toHaveLength(1)
  expect(takeParts()).toEqual(parts)
})

test('every form of file is read by the thread alone', async () => {
  const lines = createDuckDbEngine()
  const use = vi.spyOn(lines, 'use')
  const builder = { script: WORKER, atOnce: 2, worthBytes: 0 }
  const engine = createIndexEngine(lines, { atOnceFrom: 0, builder })
  await engine.stats(files.stats())
  await engine.close()
  expect(use).not.toHaveBeenCalled()
})

test.each<[string, URL]>([
  ['is not there', new URL('absent.js', WORKER)],
  ['throws as it starts', script('throw new Error("no")')],
  ['ends as it starts', script('process.exit(0)')],
  ['ends in the middle of a file', script('parentPort.on("message", () => process.exit(1))')],
  ['throws in the middle of a file', script('parentPort.on("message", () => { throw new Error("no") })')],
  [
    'cannot make a part',
    script('parentPort.on("message", ({ number }) => parentPort.postMessage({ number }))'),
  ],
  ['answers something else', script('parentPort.on("message", () => parentPort.postMessage("no"))')],
  [
    'made a part of a file that was replaced since',
    script(`parentPort.on('message', ({ number }) => {
      const identity = { file: 'another', content: 'another', size: 1 }
      parentPort.postMessage({ number, built: { identity, contents: [new Uint8Array(9)] } })
    })`),
  ],
])('a thread that %s costs no answer', async (_, worker) => {
  const expected = await answers()
  const parts = takeParts()
  expect(await answers(worker)).toEqual(expected)
  expect(started.length).toBeGreaterThan(0)
  expect(takeParts()).toEqual(parts)
})

test('a thread that is terminated while it reads costs no answer', async () => {
  const expected = await answers()
  takeParts()
  process.prependListener('worker', function end(worker: Worker) {
    process.off('worker', end)
    worker.once('online', () => void worker.terminate())
  })
  expect(await answers(WORKER)).toEqual(expected)
})

test('a file that grew since it was read ahead is read to its end', async () => {
  let told = 0
  const grow = (worker: Worker): void =>
    void worker.on('message', () => {
      told += 1
      if (told < files.paths.length) return
      appendFileSync(
        join(files.root, active()),
        linesOf(7)
          .map((line) => `${JSON.stringify(line)}\n`)
          .join(''),
      )
    })
  process.on('worker', grow)
  onTestFinished(() => void process.off('worker', grow))
  const grown = await answers(WORKER)
  expect(told).toBe(files.paths.length)
  takeParts()
  expect(grown).toEqual(await answers())
})

test('close() ends the thread in the middle of a file', async () => {
  const engine = open(script('parentPort.on("message", () => setInterval(() => {}, 1000))'))
  const asked = expect(engine.stats(files.stats())).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
  await engine.close()
  await asked
  // Of a thread that is gone.
  expect(started.map(({ threadId }) => threadId)).toEqual([-1])
})

test('the thread leaves no temporary files, ended in the middle or not', async () => {
  const folder = tempFolder()
  vi.stubEnv('TMPDIR', folder)
  onTestFinished(() => void vi.unstubAllEnvs())
  await answers(WORKER)
  takeParts()
  const messy = script(`parentPort.on('message', async () => {
    const { mkdtempSync, writeFileSync } = await import('node:fs')
    const { join } = await import('node:path')
    const { tmpdir } = await import('node:os')
    writeFileSync(join(mkdtempSync(join(tmpdir(), 'mess-')), 'file'), 'left')
    process.exit(1)
  })`)
  await answers(messy)
  expect(started).toHaveLength(2)
  expect(readdirSync(folder)).toEqual([])
})

test('an index that is there starts no thread, and neither does one file', async () => {
  await answers()
  await answers(WORKER)
  takeParts()
  files.paths.splice(1)
  await answers(WORKER)
  expect(started).toHaveLength(0)
})

test('the temporary folder cannot be written: files that need none are read all the same', async () => {
  // The one that is cut off.
  files.paths.splice(4, 1)
  const [expected] = await answers()
  takeParts()
  const builder = { script: WORKER, atOnce: 1, worthBytes: 0 }
  const lines = createDuckDbEngine({ tempDirectory: tempFolder() })
  const notAFolder = join(tempFolder(), 'a file')
  writeFileSync(notAFolder, '')
  vi.stubEnv('TMPDIR', notAFolder)
  onTestFinished(() => void vi.unstubAllEnvs())
  const engine = createIndexEngine(lines, { atOnceFrom: 0, builder })
  expect(await engine.stats(files.stats())).toEqual(expected)
  await engine.close()
})
