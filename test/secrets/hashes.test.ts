/** No hash that is written is made of a secret: it would tell who guesses it. */
import { expect, test } from 'vitest'
import { chatIdFor } from '../../src/capture/otlp/index.js'
import { markOf } from '../../src/import/import-id.js'
import type { ImportedEntry } from '../../src/import/importer.js'
import { chatIdOf } from '../../src/import/source-fields.js'
import { openTestLedger } from '../fixtures/open-test-ledger.js'
import { oneOfEach } from './kinds.js'

const entry = (message: string): ImportedEntry => ({
  chat_id: 'c',
  model: 'm',
  status: 'error',
  error: { code: 'e', message },
  metadata: {},
})

const HASHES: readonly (readonly [string, (text: string) => unknown])[] = [
  ['the chat of a span', chatIdFor],
  ['the chat of an imported call', chatIdOf],
  ['the mark of an imported call', (text) => markOf(0, 1, entry(text))],
]

test.each(HASHES)('%s', (_name, hash) => {
  const others = oneOfEach()
  for (const [at, { kind, shown }] of oneOfEach().entries()) {
    expect(hash(`see ${shown}`), kind).toBe(hash(`see ${others[at]?.shown}`))
  }
  expect(hash('see this')).not.toBe(hash('see that'))
})

test('the id of a message in a history', async () => {
  const { ledger, project } = await openTestLedger()
  const others = oneOfEach()
  for (const [at, { kind, shown }] of oneOfEach().entries()) {
    const idOf = async (text = ''): Promise<string[]> =>
      ledger.appendMessages(project.id, kind.replaceAll(' ', '-'), [{ role: 'user', content: `see ${text}` }])
    expect(await idOf(shown), kind).toEqual(await idOf(others[at]?.shown))
  }
})
