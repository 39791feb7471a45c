import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { LLMock } from '@copilotkit/aimock'
import { expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../fixtures/temp-folder.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(ROOT, 'docs', 'capture.md'), 'utf8')
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, code = '']) => code)

test('the examples of docs/capture.md are one program that prints what the page shows', async () => {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
  const usage = { prompt_tokens: 20, completion_tokens: 60, total_tokens: 80 }
  mock.onMessage('story', { content: 'Once upon a time.', usage })
  await mock.start()
  onTestFinished(() => mock.stop())

  const folder = tempFolder()
  mkdirSync(join(folder, 'node_modules', '@anthropic-ai'), { recursive: true })
  symlinkSync(ROOT, join(folder, 'node_modules', 'ledgerline'))
  for (const name of ['openai', join('@anthropic-ai', 'sdk')]) {
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
  }
  writeFileSync(join(folder, 'page.mjs'), `${blocks('js').join('')}await ledger.close()\n`)
  const env = {
    PATH: process.env.PATH,
    OPENAI_API_KEY: 'test',
    OPENAI_BASE_URL: `${mock.url}/v1`,
    ANTHROPIC_API_KEY: 'test',
    ANTHROPIC_BASE_URL: mock.url,
  }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['page.mjs'], { cwd: folder, env })
  expect(stderr).toBe('')
  expect(stdout).toBe(blocks('text').join(''))
})
