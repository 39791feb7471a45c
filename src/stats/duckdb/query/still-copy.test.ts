import { appendFileSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../../../test/fixtures/temp-folder.js'
import { stillPaths } from './still-copy.js'

const ENTRY = '{"id":"a","status":"success","timestamp_start":"2026-01-31T14:00:00.000Z"}'
const signal = new AbortController().signal

async function copied(name: string, content: string): Promise<{ path: string; copy: string }> {
  const folder = tempFolder()
  const path = join(folder, name)
  writeFileSync(path, content)
  const [copy = ''] = await stillPaths([path], tempFolder(), signal)
  return { path, copy }
}

describe('a file that may grow is copied', () => {
  test.each<[string, string, string]>([
    ['whole lines', `${ENTRY}\n${ENTRY}\n`, `${ENTRY}\n${ENTRY}\n`],
    ['an entry without a newline', `${ENTRY}\n${ENTRY}`, `${ENTRY}\n${ENTRY}`],
    ['without an unfinished line', `${ENTRY}\n{"id":"b`, `${ENTRY}\n`],
    ['nothing but an unfinished line', '{"id":"b', ''],
    ['nothing', '', ''],
    ['an unfinished line longer than what is read at once', `${ENTRY}\n${'x'.repeat(3 << 20)}`, `${ENTRY}\n`],
    ['damage inside stays', `{"id":\n${ENTRY}\n`, `{"id":\n${ENTRY}\n`],
  ])('%s', async (_, content, expected) => {
    const { path, copy } = await copied('llm_requests.jsonl', content)
    appendFileSync(path, `${ENTRY}\n`)
    expect(readFileSync(copy, 'utf8')).toBe(expected)
    expect(statSync(copy).mode & 0o777).toBe(0o600)
  })

  test('an absent one is absent', async () => {
    const folder = tempFolder()
    const [copy = ''] = await stillPaths([join(folder, 'llm_requests.jsonl')], folder, signal)
    expect(statSync(copy, { throwIfNoEntry: false })).toBeUndefined()
  })

  test('a link is refused', async () => {
    const folder = tempFolder()
    symlinkSync('/etc/passwd', join(folder, 'llm_requests.jsonl'))
    await expect(stillPaths([join(folder, 'llm_requests.jsonl')], folder, signal)).rejects.toMatchObject({
      code: 'PATH_IS_SYMLINK',
    })
  })
})

test.each([
  'llm_requests.0-00000001-20260131T140506078Z.jsonl',
  'llm_requests.0-00000001-20260131T140506078Z.jsonl.gz',
  'llm_requests.0-00000001-20260131T140506078Z.summary.jsonl.gz',
])('%s does not grow and is read in its place', async (name) => {
  const { path, copy } = await copied(name, ENTRY)
  expect(copy).toBe(path)
})
