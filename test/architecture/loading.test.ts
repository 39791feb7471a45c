import { expect, test } from 'vitest'
import { runChild } from '../fixtures/run-child.js'

test('importing and logging loads neither the stats engine, nor the server, nor a tokenizer', async () => {
  const child = runChild('loaded-after-logging.mjs', [])
  expect(await child.exited).toMatchObject({ code: 0 })
  const { importedOnly, afterLogging } = JSON.parse(child.stdout())
  expect(importedOnly).toEqual([])
  expect(afterLogging).toContain('pino')
  expect(
    afterLogging.filter((name: string) => /duckdb|fastify|tokenizer|typebox|commander/.test(name)),
  ).toEqual([])
})
