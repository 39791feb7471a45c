import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { LLMock } from '@copilotkit/aimock'
import { describe, expect, onTestFinished, test } from 'vitest'
import * as ledgerline from '../src/index.js'
import { openTestLedger } from './fixtures/open-test-ledger.js'
import { tempFolder } from './fixtures/temp-folder.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const page = readFileSync(join(ROOT, 'docs', 'library.md'), 'utf8')

/** Each `js` block, and the `text` block right behind it: what it prints. */
const examples = [...page.matchAll(/```js\n([\s\S]*?)```(?:\n\n```text\n([\s\S]*?)```)?/g)].map(
  ([, code = '', printed = '']) => ({ code, printed }),
)

/** A provider that tells a story, slowly when it is streamed. */
async function startProvider(): Promise<LLMock> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent', chunkSize: 8 })
  const usage = { prompt_tokens: 20, completion_tokens: 60, total_tokens: 80 }
  mock.onMessage('story', { content: 'Once upon a time. '.repeat(20), usage }, { latency: 20 })
  await mock.start()
  onTestFinished(() => mock.stop())
  return mock
}

/** What is no call of an application. */
const FOR_CAPTURES = ['countUnlogged', 'defer']

describe('docs/library.md', () => {
  test('its examples are one program that prints what the page shows', async () => {
    const provider = await startProvider()
    const folder = tempFolder()
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(ROOT, join(folder, 'node_modules', 'ledgerline'))
    symlinkSync(join(ROOT, 'node_modules', 'openai'), join(folder, 'node_modules', 'openai'))
    const program = examples.map(({ code }, index) => `${code}console.log('--- end of ${index}')\n`).join('')
    writeFileSync(join(folder, 'page.mjs'), program)
    const { LEDGERLINE_WORKSPACE: _, ...inherited } = process.env
    const env = { ...inherited, OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: `${provider.url}/v1` }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['page.mjs'], { cwd: folder, env })
    expect(stderr).toBe('')
    expect(stdout).toBe(examples.map(({ printed }, index) => `${printed}--- end of ${index}\n`).join(''))
  })

  test('shows no output that is not checked', () => {
    expect(examples.length).toBeGreaterThan(10)
    expect(examples.filter(({ printed }) => printed !== '')).toHaveLength(
      page.match(/^```text$/gm)?.length ?? 0,
    )
  })

  test('names only files that exist', () => {
    const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1] ?? '')
    expect(links.length).toBeGreaterThan(3)
    for (const link of links) expect(() => readFileSync(join(ROOT, 'docs', link))).not.toThrow()
  })

  test('names every call, measure, dimension, period, status and type of request', async () => {
    const { ledger } = await openTestLedger()
    const { summary } = await ledger.getStats({ type: 'global' })
    const calls = Object.keys(ledger).filter((name) => !FOR_CAPTURES.includes(name) && name !== 'workspace')
    const { DIMENSIONS, PERIODS, REQUEST_TYPES, STATUSES, USAGE_SOURCES } = ledgerline
    const names = [
      ...calls,
      ...Object.keys(summary),
      ...Object.keys(summary.integrity),
      ...[DIMENSIONS, PERIODS, REQUEST_TYPES, STATUSES, USAGE_SOURCES].flat(),
    ]
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).toEqual([])
  })

  test('says of the top-level functions what is so: they are the calls of a ledger', async () => {
    const { ledger } = await openTestLedger()
    const exported = Object.keys(ledgerline)
    const missing = Object.keys(ledger).filter((name) => !exported.includes(name))
    expect(missing.sort()).toEqual(['countUnlogged', 'defer', 'workspace'])
  })
})
