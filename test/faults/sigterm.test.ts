import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openTestLedger } from '../fixtures/open-test-ledger.js'
import { runChild } from '../fixtures/run-child.js'

test('SIGTERM waits for the calls under way, then ends the process by that signal', async () => {
  const { project, workspace, lines } = await openTestLedger()
  const child = runChild('sigterm.mjs', [workspace, project.id])
  expect(await child.exited).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' })
  expect(lines()).toHaveLength(2_001)
})

test('a host that ends itself on SIGTERM when nobody else listens is not held up', async () => {
  const { workspace } = await openTestLedger()
  const child = runChild('sigterm-of-others.mjs', [workspace])
  while (!child.stdout().includes('open')) await delay(5)
  child.process.kill('SIGTERM')
  expect(await child.exited).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' })
})
