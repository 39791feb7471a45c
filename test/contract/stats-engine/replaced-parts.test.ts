/** A part of a growing file that anybody replaces: the index is not begun anew for it, and what came in its place stays. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createDuckDbEngine } from '../../../src/stats/duckdb/engine.js'
import { createIndexEngine } from '../../../src/stats/index/engine.js'
import { ProjectFiles } from '../../../src/stats/index/project-files.js'
import type { StatsEngine } from '../../../src/stats/stats-engine.js'
import { journalFiles } from '../../journal-files.js'
import { near } from '../../stats-equal.js'
import { active, closed, entryLine, statsOf } from '../../stats-files.js'
import { foldStats } from '../../stats-fold.js'

type Project = 'one' | 'two'

let root: string
const opened: StatsEngine[] = []
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ledgerline-replaced-'))
  for (const project of ['one', 'two']) mkdirSync(join(root, project))
})
afterEach(async () => {
  for (const engine of opened.splice(0)) await engine.close()
  rmSync(root, { recursive: true, force: true })
  vi.restoreAllMocks()
})

/** As a process of its own; with `every` 1 each growth makes a part. */
function open(every: number): StatsEngine {
  const options = { partEvery: every, atOnceFrom: 1e9, folder: root, saveIdsFrom: 1 }
  const engine = createIndexEngine(createDuckDbEngine(), options)
  opened.push(engine)
  return engine
}

async function ask(engine: StatsEngine, project: Project): Promise<void> {
  const question = statsOf([{ projectId: project, files: journalFiles(join(root, project)) }])
  const expected = foldStats(question)
  expect(near(await engine.stats(question), expected)).toEqual(expected)
}

const fileOf = (project: Project): string => join(root, project, active())

function append(project: Project, entries: number): void {
  const lines = Array.from({ length: entries }, () => `${JSON.stringify(entryLine())}\n`)
  appendFileSync(fileOf(project), lines.join(''))
}

/** As if nobody had written to it for an hour. */
function makeOld(project: Project): void {
  const then = Date.now() / 1000 - 3_600
  utimesSync(fileOf(project), then, then)
}

/** 0 when there is none. */
function partOf(project: Project): number {
  const path = join(root, project, '.index', `${active()}.part`)
  return existsSync(path) ? statSync(path).ino : 0
}

/** An engine that knows the file with its part as one that rests. */
async function openResting(project: Project): Promise<StatsEngine> {
  append(project, 5)
  await ask(open(1), project)
  makeOld(project)
  const engine = open(1e9)
  await ask(engine, project)
  return engine
}

/** How often an index was begun anew from here on. */
function begunAnew(): () => number {
  const { mock } = vi.spyOn(ProjectFiles.prototype, 'forget')
  return () => mock.calls.length
}

test('by another process, once the file grows again', async () => {
  const engine = await openResting('one')
  append('one', 7)
  await ask(open(1), 'one')
  const fresh = partOf('one')
  const times = begunAnew()
  await ask(engine, 'one')
  expect({ part: partOf('one'), times: times() }).toEqual({ part: fresh, times: 0 })
})

test('by another process, for the file that follows a rotated one', async () => {
  const engine = await openResting('one')
  append('one', 7)
  renameSync(fileOf('one'), join(root, 'one', closed(1)))
  append('one', 9)
  await ask(open(1), 'one')
  const fresh = partOf('one')
  const times = begunAnew()
  await ask(engine, 'one')
  expect({ part: partOf('one'), times: times() }).toEqual({ part: fresh, times: 0 })
})

test('by the process itself, that reads on behind it in its first question about the file', async () => {
  for (const project of ['one', 'two'] as const) {
    append(project, 5)
    await ask(open(1), project)
  }
  append('one', 7)
  makeOld('one')
  const before = partOf('one')
  const times = begunAnew()
  const engine = open(1)
  await ask(engine, 'two')
  await ask(engine, 'one')
  expect(times()).toBe(0)
  expect([0, before]).not.toContain(partOf('one'))
})
