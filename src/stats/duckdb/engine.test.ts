/** What is DuckDB's own; what every engine answers is in test/contract/stats-engine. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EMPTY_ANSWER, entryLine, StatsFiles } from '../../../test/stats-files.js'
import { createDuckDbEngine } from './engine.js'

const files = new StatsFiles()
beforeEach(() => files.renew())
afterEach(() => files.remove())

test('a failure says what, where and why, and the next question is answered', async () => {
  const own = createDuckDbEngine({ memoryLimit: '64MB', tempDirectory: join(files.root, 'temp') })
  mkdirSync(join(files.root, 'temp'))
  files.write('huge.jsonl')
  writeFileSync(join(files.root, 'huge.jsonl'), `{"id":"${'x'.repeat(140 << 20)}"}\n`)
  await expect(own.stats(files.stats())).rejects.toMatchObject({
    name: 'FileSystemError',
    code: 'STATS_ENGINE_ERROR',
    operation: 'getStats',
    path: files.paths[0],
    cause: expect.anything(),
  })
  rmSync(join(files.root, 'huge.jsonl'))
  expect(await own.stats(files.stats())).toEqual(EMPTY_ANSWER)
  await own.close()
})

test('close waits for the questions that wait for their turn', async () => {
  const own = createDuckDbEngine({ maxConcurrent: 1 })
  files.write('log.jsonl', entryLine())
  const asked = [1, 2, 3].map(() => own.stats(files.stats()))
  await own.close()
  expect((await Promise.all(asked)).map(({ measures }) => measures.totalRequests)).toEqual([1, 1, 1])
})
