/** A process makes the index (src/stats/index/build); whatever becomes of it, answers and parts stay the same. */
import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createDuckDbEngine } from '../../src/stats/duckdb/engine.js'
import { createIndexEngine } from '../../src/stats/index/engine.js'
import type { StatsAnswer, StatsEngine } from '../../src/stats/stats-engine.js'
import { QUIET } from '../fixtures/open-test-ledger.js'
import { tempFolder } from '../fixtures/temp-folder.js'
import { active, closed, entryLine, StatsFiles } from '../stats-files.js'

/** The compiled one: its process knows nothing of the test runner's way with TypeScript. */
const BUILDER = new URL('../../dist/stats/index/build/main.js', import.meta.url)

/** A script in place of the compiled one. */
function script(body: string): () => URL {
  return () => {
    const path = join(tempFolder(), 'builder.mjs')
    writeFileSync(path, body)
    return pathToFileURL(path)
  }
}

const files = new StatsFiles()
let started: ChildProcess[] = []
let onStart: (child: ChildProcess) => void = () => {}
const tellStart = (message: unknown): void => {
  const { process: child } = message as { process: ChildProcess }
  started.push(child)
  onStart(child)
}

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
  onStart = () => {}
  subscribe('child_process', tellStart)
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
  unsubscribe('child_process', tellStart)
  files.remove()
})

function open(script?: URL, worthBytes = 0): StatsEngine {
  const builder = script && { script, atOnce: 2, worthBytes }
  return createIndexEngine(createDuckDbEngine(), { atOnceFrom: 0, builder })
}

async function answers(script?: URL, worthBytes = 0): Promise<StatsAnswer[]> {
  const engine = open(script, worthBytes)
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

test('parts made by the process are those that are made without, byte for byte', async () => {
  const withoutIt = await answers()
  expect(started).toHaveLength(0)
  const parts = takeParts()
  expect(parts.size).toBe(files.paths.length)
  expect(await answers(BUILDER)).toEqual(withoutIt)
  expect(started).toHaveLength(1)
  expect(takeParts()).toEqual(parts)
})

test('every form of file is read by the process alone', async () => {
  const lines = createDuckDbEngine()
  const use = vi.spyOn(lines, 'use')
  const builder = { script: BUILDER, atOnce: 2, worthBytes: 0 }
  const engine = createIndexEngine(lines, { atOnceFrom: 0, builder })
  await engine.stats(files.stats())
  await engine.close()
  expect(use).not.toHaveBeenCalled()
})

test.each<[string, () => URL]>([
  ['is not there', () => new URL('absent.js', BUILDER)],
  ['throws as it starts', script('throw new Error("no")')],
  ['ends as it starts', script('process.exit(0)')],
  ['hangs up', script('process.disconnect()')],
  [
    'is killed in the middle of a file',
    script('process.on("message", () => process.kill(process.pid, "SIGKILL"))'),
  ],
  ['throws in the middle of a file', script('process.on("message", () => { throw new Error("no") })')],
  ['cannot make a part', script('process.on("message", ({ number }) => process.send({ number }))')],
  ['answers something else', script('process.on("message", () => process.send("no"))')],
  [
    'made a part of a file that was replaced since',
    script(`process.on('message', ({ number }) => {
      const identity = { file: 'another', content: 'another', size: 1 }
      process.send({ number, built: { identity, contents: [new Uint8Array(9)] } })
    })`),
  ],
])('a process that %s costs no answer', async (_, builder) => {
  const expected = await answers()
  const parts = takeParts()
  expect(await answers(builder())).toEqual(expected)
  expect(started.length).toBeGreaterThan(0)
  expect(takeParts()).toEqual(parts)
})

test('a process that cannot be started costs no answer', async () => {
  const expected = await answers()
  takeParts()
  const { execPath } = process
  onTestFinished(() => {
    process.execPath = execPath
  })
  process.execPath = join(tempFolder(), 'node')
  expect(await answers(BUILDER)).toEqual(expected)
})

test('a process that is killed as it starts costs no answer', async () => {
  const expected = await answers()
  takeParts()
  onStart = (child) => void child.once('spawn', () => child.kill('SIGKILL'))
  expect(await answers(BUILDER)).toEqual(expected)
})

test('a file that grew since it was read ahead is read to its end', async () => {
  let told = 0
  onStart = (child) =>
    void child.on('message', () => {
      told += 1
      if (told < files.paths.length) return
      appendFileSync(
        join(files.root, active()),
        linesOf(7)
          .map((line) => `${JSON.stringify(line)}\n`)
          .join(''),
      )
    })
  const grown = await answers(BUILDER)
  expect(told).toBe(files.paths.length)
  takeParts()
  expect(grown).toEqual(await answers())
})

test('close() ends the process in the middle of a file', async () => {
  const engine = open(script('process.on("message", () => {})')())
  const asked = expect(engine.stats(files.stats())).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
  await engine.close()
  await asked
  expect(started.map(({ signalCode }) => signalCode)).toEqual(['SIGKILL'])
})

test('the process leaves no temporary files, ended in the middle or not', async () => {
  const folder = tempFolder()
  const messy = script(`process.on('message', async () => {
    const { mkdtempSync, writeFileSync } = await import('node:fs')
    const { join } = await import('node:path')
    const { tmpdir } = await import('node:os')
    writeFileSync(join(mkdtempSync(join(tmpdir(), 'mess-')), 'file'), 'left')
    process.exit(1)
  })`)()
  vi.stubEnv('TMPDIR', folder)
  onTestFinished(() => void vi.unstubAllEnvs())
  await answers(BUILDER)
  takeParts()
  await answers(messy)
  expect(started).toHaveLength(2)
  expect(readdirSync(folder)).toEqual([])
})

test.each([
  ['process.exit(3)', 3],
  ['process.kill(process.pid, "SIGKILL")', null],
])('the process ends with its host, by %s, and leaves no temporary files', async (end, status) => {
  const host = `
    import { subscribe } from 'node:diagnostics_channel'
    const { createDuckDbEngine } = await import(${JSON.stringify(new URL('../duckdb/engine.js', new URL('../', BUILDER)).href)})
    const { createIndexEngine } = await import(${JSON.stringify(new URL('../engine.js', BUILDER).href)})
    subscribe('child_process', ({ process: child }) => child.once('message', () => {
      console.log(child.pid)
      ${end}
    }))
    const builder = { script: new URL(${JSON.stringify(BUILDER.href)}), atOnce: 2, worthBytes: 0 }
    const engine = createIndexEngine(createDuckDbEngine(), { atOnceFrom: 0, builder })
    const [sources] = process.argv.slice(2).map((text) => JSON.parse(text))
    await engine.stats({ sources, groupBy: [], timezone: 'UTC', weekStart: 'monday', filter: new Map(), isGone: () => false })`
  const path = fileURLToPath(script(host)())
  const folder = tempFolder()
  const ran = spawnSync(process.execPath, [path, JSON.stringify(files.stats().sources)], {
    env: { ...process.env, TMPDIR: folder },
    encoding: 'utf8',
  })
  expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status, stderr: '' })
  const pid = Number(ran.stdout.trim().split('\n')[0])
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 10_000)
  expect(readdirSync(folder)).toEqual([])
})

test('an index that is there starts no process, and neither do files that are not worth it', async () => {
  await answers()
  await answers(BUILDER)
  takeParts()
  await answers(BUILDER, 128 << 20)
  expect(started).toHaveLength(0)
})

test('the temporary folder cannot be written: files that need none are read all the same', async () => {
  // The one that is cut off.
  files.paths.splice(4, 1)
  const [expected] = await answers()
  takeParts()
  const builder = { script: BUILDER, atOnce: 1, worthBytes: 0 }
  const lines = createDuckDbEngine({ tempDirectory: tempFolder() })
  const notAFolder = join(tempFolder(), 'a file')
  writeFileSync(notAFolder, '')
  vi.stubEnv('TMPDIR', notAFolder)
  onTestFinished(() => void vi.unstubAllEnvs())
  const engine = createIndexEngine(lines, { atOnceFrom: 0, builder })
  expect(await engine.stats(files.stats())).toEqual(expected)
  await engine.close()
})

test('the package as it is built starts the process for a large ledger', async () => {
  const { openLedger } = await import(new URL('../../dist/index.js', import.meta.url).href)
  const ledger = await openLedger({ workspace: tempFolder(), upkeep: false, systemLog: QUIET })
  onTestFinished(() => ledger.close())
  const project = await ledger.createProject({ name: 'Large' })
  const padding = { metadata: { text: 'x'.repeat(1 << 20) } }
  for (const sequence of [1, 2]) {
    const lines = linesOf(sequence, 70).map((line, n) =>
      JSON.stringify({ ...line, ...padding, id: `${sequence}-${n}`, status: 'success' }),
    )
    writeFileSync(join(project.paths.logsDir, closed(sequence)), `${lines.join('\n')}\n`)
  }
  expect((await ledger.getStats({ type: 'global' })).summary.totalRequests).toBe(140)
  expect(started).toHaveLength(1)
})

test('run by hand it touches nothing', () => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'kept'), '')
  for (const args of [[], [folder]]) {
    execFileSync(process.execPath, [fileURLToPath(BUILDER), ...args], {
      env: { ...process.env, TMPDIR: folder },
    })
  }
  expect(readdirSync(folder)).toEqual(['kept'])
})
