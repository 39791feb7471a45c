import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { LLMock } from '@copilotkit/aimock'
import { expect, test } from 'vitest'
import { tempFolder } from './fixtures/temp-folder.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const page = readFileSync(join(ROOT, 'docs', 'capture-frameworks.md'), 'utf8')
const examples = [...page.matchAll(/<!-- example: (.*?) -->\n```js\n([\s\S]*?)```/g)]
const PACKAGES = ['ai', '@ai-sdk/openai', '@langchain/core', '@langchain/openai']

test('the page has an example for each framework', () => {
  expect(examples.map(([, name]) => name)).toEqual(['ai-sdk', 'langchain'])
})

test.each(examples.map(([, name, code]) => [name, code]))(
  'the example of %s runs as printed',
  async (_, code) => {
    const mock = new LLMock({ port: 0, logLevel: 'silent' })
    const usage = { prompt_tokens: 8, completion_tokens: 4, total_tokens: 12 }
    mock.onMessage('refund', { content: 'On its way.', usage })
    await mock.start()
    try {
      const folder = tempFolder()
      for (const name of PACKAGES) {
        mkdirSync(join(folder, 'node_modules', name, '..'), { recursive: true })
        symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
      }
      symlinkSync(ROOT, join(folder, 'node_modules', 'ledgerline'))
      writeFileSync(join(folder, 'example.mjs'), code ?? '')
      const env = { ...process.env, OPENAI_BASE_URL: `${mock.url}/v1`, OPENAI_API_KEY: 'sk-test' }
      const { stdout } = await promisify(execFile)(process.execPath, ['example.mjs'], { cwd: folder, env })
      expect(stdout).toBe('On its way. 1 12\n')
      expect(mock.getRequests()).toHaveLength(1)
    } finally {
      await mock.stop()
    }
  },
)
