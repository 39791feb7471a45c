import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { tempFolder } from './fixtures/temp-folder.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')

describe('README', () => {
  test('the example runs as printed, and prints what the page says', () => {
    const code = /<!-- example:[^>]*-->\n```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
    const printed = /It prints `([^`]+)`/.exec(readme)?.[1]
    expect(code.trimEnd().split('\n').length).toBeLessThanOrEqual(12)
    const folder = tempFolder()
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(ROOT, join(folder, 'node_modules', 'ledgerline'))
    writeFileSync(join(folder, 'example.mjs'), code)
    const { LEDGERLINE_WORKSPACE: _, ...env } = process.env
    const output = execFileSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8', env })
    expect(output).toBe(`${printed}\n`)
  })

  test('names only files and scripts that exist', () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1] ?? '')
    expect(links.length).toBeGreaterThan(5)
    for (const link of links) expect(() => readFileSync(join(ROOT, link))).not.toThrow()
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    for (const [, name = ''] of readme.matchAll(/npm (?:run )?(start|test|docs)/g))
      expect(scripts).toHaveProperty(name)
  })
})
