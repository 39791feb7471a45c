import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runChild } from '../fixtures/run-child.js'
import { tempFolder } from '../fixtures/temp-folder.js'

/** All scripts that a run loaded, ES modules too: V8's coverage names each. */
function scriptsOf(folder: string): string[] {
  const reports = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
  return reports.flatMap(({ result }) => result.map(({ url }: { url: string }) => url))
}

test('importing and logging loads neither the stats engine, nor the server, nor a tokenizer', async () => {
  const folder = tempFolder()
  const child = runChild('loaded-after-logging.mjs', [], { NODE_V8_COVERAGE: folder })
  expect(await child.exited).toMatchObject({ code: 0 })
  const { importedOnly, afterLogging } = JSON.parse(child.stdout())
  expect(importedOnly).toEqual([])
  const scripts = scriptsOf(folder)
  expect(scripts.some((url) => url.includes('/genai-prices/'))).toBe(true)
  const heavy = /node_modules\/.*(?:duckdb|fastify|tokenizer|typebox|commander)/
  expect(scripts.filter((url) => heavy.test(url))).toEqual([])
  expect(afterLogging).toContain('pino')
  expect(afterLogging.filter((name: string) => name.includes('duckdb'))).toEqual([])
})
