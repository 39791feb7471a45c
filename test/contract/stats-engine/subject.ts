/** The engine under test, and the files it is asked about. */
import { afterAll, afterEach, beforeEach, expect } from 'vitest'
import type { StatsEngine } from '../../../src/stats/stats-engine.js'
import { near } from '../../stats-equal.js'
import { StatsFiles } from '../../stats-files.js'

export interface Subject {
  /** Asks everything three times. */
  readonly engine: StatsEngine
  /** A new engine, as it is. */
  readonly create: () => StatsEngine
  /** Empty before each test. */
  readonly files: StatsFiles
}

/** One engine for the tests of a part, so that it knows files of before, and files that are new for each. */
export function useSubject(create: () => StatsEngine): Subject {
  const engine = askedAgain(create)
  const files = new StatsFiles()
  beforeEach(() => files.renew())
  afterEach(() => files.remove())
  afterAll(() => engine.close())
  return { engine, create, files }
}

/** What was learned from the question before must change nothing, nor what another engine left beside the files. */
export function askedAgain(create: () => StatsEngine): StatsEngine {
  const engine = create()
  async function ask<T>(question: (asked: StatsEngine) => Promise<T>): Promise<T> {
    const first = await question(engine)
    expectSame(await question(engine), first, 'asked again')
    const fresh = create()
    try {
      expectSame(await question(fresh), first, 'asked of a new engine')
    } finally {
      await fresh.close()
    }
    return first
  }
  return {
    stats: (question) => ask((asked) => asked.stats(question)),
    logs: (question) => ask((asked) => asked.logs(question)),
    close: () => engine.close(),
  }
}

/** Percentiles too: a number that changes with nothing logged would be wondered at. */
function expectSame(again: unknown, first: unknown, when: string): void {
  expect(near(again, first, { percentile: 1e-9 }), when).toEqual(first)
}
